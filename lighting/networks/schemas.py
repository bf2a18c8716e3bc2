"""API shapes of field networks."""

from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from drivers import profiles
from lighting.networks.forms import FieldType, form_of
from lighting.networks.model import FieldNetworkView, NetworkKind, NetworkState, NewNetwork

WHERE_PATTERN = r"^[A-Za-z0-9][A-Za-z0-9@._-]*$"


class NetworkAnswer(BaseModel):
    """A field network; `name` is what controllers refer to, `settings` are those of its kind."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    organisation_id: UUID
    name: str
    kind: NetworkKind
    title: str
    settings: dict[str, Any]
    state: NetworkState
    created_at: datetime


class NewNetworkInput(BaseModel):
    """`where` completes the name: an application identifier for ChirpStack, `app@tenant` for The
    Things Stack, a word of yours for the others. Secrets are named in `settings.secret`."""

    organisation_id: UUID
    kind: NetworkKind
    where: str = Field(min_length=1, max_length=100, pattern=WHERE_PATTERN)
    title: str = Field(default="", max_length=200)
    settings: dict[str, Any] = Field(default_factory=dict)

    def told(self) -> NewNetwork:
        """The same, for the service."""
        return NewNetwork(self.organisation_id, self.kind, self.where, self.title, self.settings)


class NetworkChangeInput(BaseModel):
    """What is given changes; `paused` closes the line until it is `active` again."""

    title: str | None = Field(default=None, max_length=200)
    state: NetworkState | None = None
    settings: dict[str, Any] | None = None


class FormFieldAnswer(BaseModel):
    """One setting of a kind; rows hold fields of their own."""

    model_config = ConfigDict(from_attributes=True)

    name: str
    type: FieldType
    is_required: bool
    default: str | int | bool | None
    least: float | None
    most: float | None
    pattern: str | None
    choices: list[str]
    fields: list["FormFieldAnswer"]


class NetworkKindAnswer(BaseModel):
    """What must be known to enter a network of a kind."""

    kind: NetworkKind
    fields: list[FormFieldAnswer]


class ProfileName(BaseModel):
    """A device profile that a setting may name; `network` is how its devices are reached."""

    model_config = ConfigDict(from_attributes=True)

    name: str
    manufacturer: str
    model: str
    network: str


class NetworkKindsAnswer(BaseModel):
    """The kinds of networks there are, and the profiles their settings may name."""

    items: list[NetworkKindAnswer]
    profiles: list[ProfileName]


def kinds_answer() -> NetworkKindsAnswer:
    """Every kind with its form."""
    return NetworkKindsAnswer(
        items=[
            NetworkKindAnswer(
                kind=kind, fields=[FormFieldAnswer.model_validate(one) for one in form_of(kind)]
            )
            for kind in NetworkKind
        ],
        profiles=[ProfileName.model_validate(one) for one in profiles.all_profiles()],
    )


def network_answer(network: FieldNetworkView) -> NetworkAnswer:
    """The shape of a network."""
    return NetworkAnswer.model_validate(network)
