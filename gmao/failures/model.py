"""The code lists of a completed work order, in French and English.

Their structure (mode, mechanism, cause, detection kept apart) is that of ISO 14224. That standard
was written for oil and gas equipment and has no street-light class: the codes are ours, and
`iso_14224` names the family of the standard that each mechanism and cause belongs to. The family
names are given from general knowledge; check them against the standard's own text.
"""

from dataclasses import dataclass
from enum import StrEnum

from kit.errors import InvalidInputError


class CodeList(StrEnum):
    """Which question a code answers."""

    MODE = "failure_mode"
    MECHANISM = "failure_mechanism"
    CAUSE = "failure_cause"
    REMEDY = "remedy"
    REPLACEMENT_REASON = "replacement_reason"


class MechanismFamily(StrEnum):
    """Families of failure mechanisms (ISO 14224, annex B)."""

    MECHANICAL = "mechanical"
    MATERIAL = "material"
    INSTRUMENT = "instrument"
    ELECTRICAL = "electrical"
    EXTERNAL_INFLUENCE = "external_influence"
    MISCELLANEOUS = "miscellaneous"


class CauseFamily(StrEnum):
    """Families of failure causes (ISO 14224, annex B)."""

    DESIGN = "design"
    FABRICATION_INSTALLATION = "fabrication_installation"
    OPERATION_MAINTENANCE = "operation_maintenance"
    MANAGEMENT = "management"
    MISCELLANEOUS = "miscellaneous"


@dataclass(frozen=True, slots=True)
class Code:
    """One answer a crew may give."""

    code: str
    fr: str
    en: str
    iso_14224: MechanismFamily | CauseFamily | None = None


class ReplacementReason(StrEnum):
    """Why equipment was changed; it decides whether the order of 27 December 2018 applies."""

    ACCIDENT = "accident"
    VANDALISM = "vandalism"
    FAILURE_LIKE_FOR_LIKE = "failure_like_for_like"
    PROGRAMMED_RENOVATION = "programmed_renovation"
    RELAMPING = "relamping"

    @property
    def is_renovation(self) -> bool:
        """Whether the technical rules of the order bite: routine upkeep and like-for-like
        replacement after an event do not trigger them."""
        return self is ReplacementReason.PROGRAMMED_RENOVATION


class UnknownCodeError(InvalidInputError):
    """A code outside its list."""

    code = "unknown_failure_code"
    title = "This code is in no list"


_ELECTRICAL = MechanismFamily.ELECTRICAL
_OUTSIDE = MechanismFamily.EXTERNAL_INFLUENCE
_UPKEEP = CauseFamily.OPERATION_MAINTENANCE
_MADE = CauseFamily.FABRICATION_INSTALLATION

CODES: dict[CodeList, tuple[Code, ...]] = {
    CodeList.MODE: (
        Code("light_out", "luminaire éteint", "light out"),
        Code("light_always_on", "allumé en permanence", "light always on"),
        Code("flicker", "clignotement", "flicker"),
        Code("low_light", "lumière faible", "low light"),
        Code("dimming_lost", "gradation perdue", "dimming lost"),
        Code("no_communication", "communication perdue", "no communication"),
        Code("area_out", "secteur éteint", "area out"),
        Code("electrical_danger", "danger électrique", "electrical danger"),
        Code("structural_damage", "support endommagé", "structural damage"),
        Code("other_anomaly", "autre anomalie", "other anomaly"),
        Code("none_found", "aucun défaut constaté", "no fault found"),
    ),
    CodeList.MECHANISM: (
        Code("open_circuit", "coupure", "open circuit", _ELECTRICAL),
        Code("short_circuit", "court-circuit", "short circuit", _ELECTRICAL),
        Code("earth_fault", "défaut à la terre", "earth fault", _ELECTRICAL),
        Code("no_supply", "absence d'alimentation", "no supply", _ELECTRICAL),
        Code("overvoltage", "surtension", "overvoltage", _ELECTRICAL),
        Code("electronic_failure", "panne électronique", "electronic failure", _ELECTRICAL),
        Code(
            "wrong_settings",
            "réglage ou logiciel",
            "settings or software",
            MechanismFamily.INSTRUMENT,
        ),
        Code(
            "radio_fading", "liaison radio dégradée", "poor radio link", MechanismFamily.INSTRUMENT
        ),
        Code(
            "loosening",
            "desserrage, connexion",
            "looseness, connection",
            MechanismFamily.MECHANICAL,
        ),
        Code("breakage", "rupture", "breakage", MechanismFamily.MATERIAL),
        Code("corrosion", "corrosion", "corrosion", MechanismFamily.MATERIAL),
        Code("water_ingress", "entrée d'eau", "water ingress", _OUTSIDE),
        Code("impact", "choc", "impact", _OUTSIDE),
        Code("dirt", "encrassement, végétation", "dirt, vegetation", _OUTSIDE),
        Code("unknown", "inconnu", "unknown", MechanismFamily.MISCELLANEOUS),
    ),
    CodeList.CAUSE: (
        Code("end_of_life", "fin de vie", "end of life", _UPKEEP),
        Code("wear", "usure", "wear", _UPKEEP),
        Code("maintenance_error", "erreur d'entretien", "maintenance error", _UPKEEP),
        Code("design", "conception", "design", CauseFamily.DESIGN),
        Code("manufacturing", "fabrication", "manufacturing", _MADE),
        Code("installation", "pose", "installation", _MADE),
        Code("configuration", "paramétrage", "configuration", CauseFamily.MANAGEMENT),
        Code("accident", "accident", "accident", CauseFamily.MISCELLANEOUS),
        Code("vandalism", "vandalisme", "vandalism", CauseFamily.MISCELLANEOUS),
        Code("theft", "vol", "theft", CauseFamily.MISCELLANEOUS),
        Code("weather", "intempéries, foudre", "weather, lightning", CauseFamily.MISCELLANEOUS),
        Code(
            "supply_network", "réseau de distribution", "supply network", CauseFamily.MISCELLANEOUS
        ),
        Code(
            "third_party_works", "travaux de tiers", "third-party works", CauseFamily.MISCELLANEOUS
        ),
        Code("unknown", "inconnue", "unknown", CauseFamily.MISCELLANEOUS),
    ),
    CodeList.REMEDY: (
        Code("luminaire_replaced", "luminaire remplacé", "luminaire replaced"),
        Code("lamp_replaced", "lampe ou module remplacé", "lamp or module replaced"),
        Code("control_gear_replaced", "appareillage remplacé", "control gear replaced"),
        Code("controller_replaced", "contrôleur remplacé", "controller replaced"),
        Code(
            "protection_replaced", "fusible ou protection remplacé", "fuse or protection replaced"
        ),
        Code("protection_reset", "protection réarmée", "protection reset"),
        Code("connection_remade", "connexion refaite", "connection remade"),
        Code("cable_repaired", "câble réparé", "cable repaired"),
        Code("support_repaired", "support réparé ou remplacé", "support repaired or replaced"),
        Code("reconfigured", "reparamétré", "reconfigured"),
        Code("cleaned", "nettoyé, élagué", "cleaned, pruned"),
        Code("made_safe_only", "mis en sécurité seulement", "made safe only"),
        Code("no_action", "aucune action", "no action"),
    ),
    CodeList.REPLACEMENT_REASON: (
        Code(ReplacementReason.ACCIDENT.value, "accident", "accident"),
        Code(ReplacementReason.VANDALISM.value, "vandalisme", "vandalism"),
        Code(
            ReplacementReason.FAILURE_LIKE_FOR_LIKE.value,
            "panne, remplacement à l'identique",
            "failure, like for like",
        ),
        Code(
            ReplacementReason.PROGRAMMED_RENOVATION.value,
            "rénovation programmée",
            "programmed renovation",
        ),
        Code(ReplacementReason.RELAMPING.value, "relampage", "relamping"),
    ),
}


def check_code(kind: CodeList, code: str) -> None:
    """Refuse a code that its list does not hold."""
    known = [one.code for one in CODES[kind]]
    if code not in known:
        raise UnknownCodeError(
            f"{code!r} is no {kind.value}; choose one of {', '.join(known)}", known=known
        )
