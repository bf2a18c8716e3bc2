"""What a cause is called, and what usually lies behind it, in French and English.

The hints are first guesses for a crew getting ready, from general practice; a diagnosis made on
site goes into the completion.
"""

from collections.abc import Mapping
from dataclasses import dataclass

DEFAULT_LANGUAGE = "fr"


@dataclass(frozen=True, slots=True)
class Wording:
    """A title, and what to look at first."""

    title: str
    hint: str | None = None


CAUSES: Mapping[str, Mapping[str, Wording]] = {
    "lamp_failure": {
        "fr": Wording("Luminaire éteint", "lampe ou module, appareillage, fusible ou connexion"),
        "en": Wording("Light out", "lamp or module, control gear, fuse or connection"),
    },
    "lamp_unexpected_on": {
        "fr": Wording("Allumé en plein jour", "relais du contrôleur collé ou commande forcée"),
        "en": Wording("Lit by day", "controller relay stuck, or forced on"),
    },
    "lamp_power_too_low": {
        "fr": Wording(
            "Puissance trop basse", "module partiellement défaillant ou lampe en fin de vie"
        ),
        "en": Wording("Power too low", "part of the module dead, or lamp at the end of its life"),
    },
    "lamp_power_too_high": {
        "fr": Wording(
            "Puissance trop élevée", "puissance déclarée fausse, ou appareillage défaillant"
        ),
        "en": Wording(
            "Power too high", "wrong rated power in the registry, or failing control gear"
        ),
    },
    "breaker_tripped": {
        "fr": Wording("Disjoncteur déclenché", "court-circuit ou surcharge sur un départ"),
        "en": Wording("Breaker tripped", "short circuit or overload on a feeder"),
    },
    "residual_current": {
        "fr": Wording("Défaut différentiel", "défaut d'isolement d'un départ, souvent par pluie"),
        "en": Wording("Residual current", "insulation fault of a feeder, often in rain"),
    },
    "supply_loss": {
        "fr": Wording("Armoire sans alimentation", "coupure du réseau, fusibles ou comptage"),
        "en": Wording("Cabinet without supply", "outage of the grid, fuses or metering"),
    },
    "phase_loss": {
        "fr": Wording("Phase manquante", "fusible d'une phase ou branchement du réseau"),
        "en": Wording("Phase missing", "fuse of one phase, or the grid connection"),
    },
    "contactor_stuck": {
        "fr": Wording("Contacteur bloqué", "contacts collés, bobine ou commande locale"),
        "en": Wording("Contactor stuck", "welded contacts, coil or local switch"),
    },
    "battery_low": {
        "fr": Wording("Batterie faible", "jours gris, batterie usée, panneau sale ou à l'ombre"),
        "en": Wording("Battery low", "grey days, worn battery, dirty or shaded panel"),
    },
    "battery_not_charging": {
        "fr": Wording("Batterie sans charge", "régulateur, fusible ou câble de la batterie"),
        "en": Wording("Battery not charging", "charge controller, fuse or battery cable"),
    },
    "panel_failure": {
        "fr": Wording("Panneau solaire en défaut", "panneau cassé, couvert, débranché ou volé"),
        "en": Wording("Solar panel fault", "panel broken, covered, unplugged or stolen"),
    },
    "communication_loss": {
        "fr": Wording("Contrôleur muet", "alimentation coupée, contrôleur ou antenne"),
        "en": Wording("Controller silent", "supply cut, controller or antenna"),
    },
    "light_out": {
        "fr": Wording("Luminaire signalé éteint", "lampe ou module, appareillage, fusible"),
        "en": Wording("Light reported out", "lamp or module, control gear, fuse"),
    },
    "light_day_on": {
        "fr": Wording("Signalé allumé en plein jour", "commande de l'armoire ou relais collé"),
        "en": Wording("Reported lit by day", "cabinet switching, or stuck relay"),
    },
    "street_dark": {
        "fr": Wording("Rue dans le noir", "départ déclenché, armoire ou réseau"),
        "en": Wording("Street dark", "tripped feeder, cabinet or supply network"),
    },
    "flicker": {
        "fr": Wording("Clignotement", "connexion desserrée ou lampe en fin de vie"),
        "en": Wording("Flicker", "loose connection, or lamp at the end of its life"),
    },
    "mast_damaged": {
        "fr": Wording("Support endommagé"),
        "en": Wording("Support damaged"),
    },
    "door_open": {
        "fr": Wording("Porte ouverte", "serrure, porte forcée ou contact de porte"),
        "en": Wording("Door open", "lock, forced door or door contact"),
    },
    "too_bright": {
        "fr": Wording("Lumière gênante", "orientation, niveau ou horaires"),
        "en": Wording("Light too bright", "tilt, level or hours"),
    },
    "cable_exposed": {
        "fr": Wording("Câble apparent"),
        "en": Wording("Cable exposed"),
    },
    "inspection": {
        "fr": Wording("Visite d'entretien"),
        "en": Wording("Maintenance visit"),
    },
    "other": {
        "fr": Wording("Autre anomalie"),
        "en": Wording("Other anomaly"),
    },
}


def wording(cause: str, language: str) -> Wording:
    """The words for a cause; one without words shows its code."""
    in_languages = CAUSES.get(cause)
    if in_languages is None:
        return Wording(cause)
    return in_languages.get(language) or in_languages[DEFAULT_LANGUAGE]
