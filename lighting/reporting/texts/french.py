"""The French words of a report."""

from collections.abc import Mapping

from lighting.contracts.model import AdjustmentKind, Component

TEXTS: Mapping[str, str] = {
    "kicker": "Éclairage public · rapport mensuel d’énergie",
    "description": "Énergie, coût, CO₂, économies et disponibilité de l’éclairage public",
    "footer": "{town} · éclairage public · {month} · version {version}",
    "page": "page",
    # first page
    "key_energy": "Énergie consommée",
    "key_energy_note": "{share} mesurés",
    "key_cost": "Coût recalculé",
    "key_cost_unit": "€ TTC",
    "key_cost_note": "{price} c€ par kWh",
    "key_cost_none": "prix non enregistré",
    "key_savings": "Économie",
    "key_savings_note": "{kwh} kWh évités",
    "key_savings_none": "pas de référence",
    "key_light": "Disponibilité",
    "key_light_note": "{hours} h sans lumière",
    "about_energy": "Énergie",
    "about_cost": "Coût",
    "about_savings": "Économie",
    "about_co2": "CO₂",
    "about_light": "Lumière",
    "say_energy": "En {month}, les {count} points lumineux de {town} ont consommé {kwh} "
    "kWh{compared}.",
    "say_compared": ", soit {change} par rapport à {month}",
    "say_all_measured": "Toute cette énergie est mesurée par les compteurs des contrôleurs.",
    "say_measured": "{share} de cette énergie sont mesurés par les compteurs des contrôleurs ; "
    "le reste est estimé et signalé comme tel.",
    "say_missing": "Aucune donnée ne couvre {share} du temps : l’énergie correspondante manque "
    "au total et n’est pas inventée.",
    "say_cost": "Le coût recalculé à partir des tarifs enregistrés est de {eur} TTC.",
    "say_no_cost": "Le coût n’est pas calculé : aucun prix de fourniture n’est enregistré pour "
    "tous les points de livraison.",
    "say_savings": "La situation de référence, ajustée aux heures et au périmètre du mois, "
    "aurait consommé {reference} kWh : l’économie est de {saved} kWh, soit {share}.",
    "say_guarantee_kept": "L’engagement de {share} est tenu ce mois-ci.",
    "say_guarantee_missed": "L’engagement de {share} n’est pas tenu ce mois-ci.",
    "say_co2": "Les émissions sont de {kg} kg de CO₂, au facteur de {factor} kg par kWh.",
    "say_outages_one": "Un point lumineux a connu une panne de lampe.",
    "say_outages": "{count} points lumineux ont connu une panne de lampe.",
    "say_availability": "La disponibilité de l’éclairage est de {share}.",
    "say_still_none": "En fin de mois, tous étaient rallumés.",
    "say_still_one": "En fin de mois, un point restait sans lumière.",
    "say_still": "En fin de mois, {still} points restaient sans lumière.",
    "say_no_outage": "Aucune panne de lampe n’a été constatée.",
    "chart_title": "Énergie de chaque jour",
    "chart_description": "Histogramme de l’énergie par jour, de {low} à {high} kWh ; les "
    "valeurs figurent dans le tableau jour par jour.",
    "chart_measured": "mesurée",
    "chart_estimated": "estimée",
    "chart_partial": "jour incomplet",
    "sign_town": "Pour la collectivité",
    "sign_operator": "Pour l’exploitant",
    "sign_name": "Nom et qualité",
    "sign_date": "Date et signature",
    "frozen": "Version {version}, arrêtée le {at} par {by}.",
    "fingerprint": "Empreinte SHA-256 des données d’entrée",
    # columns
    "date": "Date",
    "points": "Points",
    "measured": "Mesurée",
    "bridged": "dont répartie",
    "estimated": "Estimée",
    "energy": "Énergie",
    "covered": "Couverture",
    "cabinet": "Armoire",
    "name": "Nom",
    "prm": "Point de livraison",
    "per_point": "Par point",
    "cost": "Coût TTC",
    "co2": "CO₂",
    "component": "Composante",
    "quantity": "Quantité",
    "unit": "Unité",
    "rate": "Prix unitaire",
    "amount": "Montant",
    "valid_from": "À partir du",
    "source": "Source",
    "value": "Valeur",
    "line": "Ligne",
    "power": "Puissance",
    "hours": "Heures",
    "light_point": "Point",
    "street": "Rue",
    "outages": "Pannes",
    "dark": "Sans lumière",
    "first_at": "Première panne",
    "restored_at": "Rétabli",
    "still_out": "en panne",
    "urgency": "Urgence",
    "due": "À traiter",
    "in_time": "Dans le délai",
    "respect": "Respect",
    "median": "Rétablissement médian",
    "what": "Grandeur",
    "before": "Avant",
    "after": "Après",
    "total": "Total",
    # chapters
    "days": "Énergie jour par jour",
    "days_note": "Dates civiles, de minuit à minuit. « dont répartie » : énergie comptée "
    "pendant un silence de plus de deux heures à cheval sur minuit ; le total est mesuré, sa "
    "répartition entre les jours est estimée. Les totaux sont calculés avant arrondi.",
    "cabinets": "Énergie par armoire",
    "cabinets_note": "Couverture : part du temps des points équipés dont l’énergie est connue, "
    "par le compteur ou par le modèle.",
    "no_cabinet": "(sans armoire)",
    "costs": "Coût de l’énergie",
    "costs_text": "La facture est recalculée à partir des tarifs en vigueur, armoire par "
    "armoire, chaque armoire étant un point de livraison ; les parts fixes sont comptées au "
    "prorata des jours. Elle ne remplace pas la facture du fournisseur : elle permet de la "
    "contrôler.",
    "costs_none": "Aucun prix de fourniture n’est enregistré pour tous les points de livraison "
    "; enregistrez-le et demandez une nouvelle version.",
    "excluding_vat": "Total hors taxes",
    "vat_line": "TVA",
    "including_vat": "Total TTC",
    "rates": "Tarifs appliqués",
    "rate_per_year": "{value} €/an",
    "rate_per_kva_year": "{value} €/kVA/an",
    "rate_per_kwh": "{value} €/kWh",
    "rate_per_mwh": "{value} €/MWh",
    "several": "plusieurs",
    "savings": "Économies",
    "savings_text": "L’économie est la différence entre la situation de référence ajustée et la "
    "consommation constatée. La référence suit la longueur des nuits, les entrées et sorties de "
    "points et les horaires décidés par la collectivité. Ce qui n’est couvert par aucune donnée "
    "n’est pas crédité.",
    "savings_none": "Aucune situation de référence n’est enregistrée : aucune économie n’est "
    "affichée.",
    "baseline_lines": "Référence ajustée : {name}, périmètre n° {version}",
    "savings_result": "Résultat",
    "reference_hours": "Heures du régime de référence",
    "applied_hours": "Heures appliquées",
    "adjusted": "Référence ajustée",
    "credited": "Référence créditée",
    "actual": "Consommation constatée",
    "saved": "Énergie évitée",
    "saved_share": "Taux d’économie",
    "guaranteed": "Engagement",
    "co2_title": "Émissions de CO₂",
    "co2_text": "Facteur : {factor} kg par kWh, territoire {territory}, en vigueur depuis le "
    "{since} ; source : {source}.",
    "co2_none": "Aucun facteur n’est enregistré pour ce territoire : aucune émission n’est "
    "affichée.",
    "emitted": "Émises",
    "avoided": "Évitées",
    "light": "Pannes et disponibilité",
    "light_text": "La disponibilité est un moins la part des heures d’allumage prévues passées "
    "sans lumière : {dark} h sur {planned} h. Les heures prévues vont du coucher au lever du "
    "soleil. Une panne compte de sa confirmation au retour de la lumière.",
    "outages_title": "Points lumineux en panne",
    "outages_note": "Les {shown} plus longues sur {count} ; le tableur les contient toutes.",
    "delays": "Délais d’intervention",
    "changes": "Ce qui a changé depuis la version précédente",
    "changes_sheet": "Modifications",
    "baseline_sheet": "Référence",
    "changes_text": "Des données arrivées après l’arrêté de la version précédente ont modifié "
    "les grandeurs suivantes. La version précédente reste disponible, inchangée.",
    "points_month": "Points lumineux",
    "method": "Méthode et vérification",
    "method_energy": "Énergie",
    "method_energy_text": "Elle est la somme de différences de compteurs, en wattheures "
    "entiers. Remises à zéro, débordements, répétitions, retards et changements de contrôleur "
    "sont reconnus ; une hausse supérieure à 1,2 fois la puissance nominale est écartée avec sa "
    "trace.",
    "method_estimate": "Estimation",
    "method_estimate_text": "Sans compteur, l’énergie est celle du modèle : puissance du "
    "luminaire au niveau prévu par le calendrier, appareillage et veille compris. Sans "
    "calendrier connu, elle est manquante.",
    "method_verify": "Vérification",
    "method_verify_text": "Les données d’entrée sont conservées sous forme canonique ; "
    "leur empreinte figure en première page. Refaire le rapport à partir d’elles donne les "
    "mêmes fichiers, octet pour octet.",
    # what late data changed
    "change_energy": "Énergie (kWh)",
    "change_measured": "Énergie mesurée (kWh)",
    "change_covered": "Couverture (%)",
    "change_cost": "Coût TTC (€)",
    "change_saved": "Énergie évitée (kWh)",
    "change_co2": "CO₂ (kg)",
    "change_dark": "Heures sans lumière (h)",
    "change_cabinet": "Armoire {code} (kWh)",
    "change_facts": "Autres données d’entrée",
}

COMPONENTS: Mapping[Component, str] = {
    Component.SUPPLY_FIXED: "Fourniture, abonnement",
    Component.SUPPLY_ENERGY: "Fourniture, énergie",
    Component.NETWORK_FIXED: "Acheminement, gestion et comptage",
    Component.NETWORK_POWER: "Acheminement, puissance souscrite",
    Component.NETWORK_ENERGY: "Acheminement, énergie",
    Component.EXCISE: "Accise sur l’électricité",
    Component.CTA: "Contribution tarifaire d’acheminement",
    Component.VAT: "TVA",
}

UNITS: Mapping[str, str] = {
    "month": "mois",
    "kVA·month": "kVA·mois",
    "MWh": "MWh",
    "kWh": "kWh",
    "EUR": "€",
}

BASELINE_LINES: Mapping[str, str] = {
    "reference": "référence",
    AdjustmentKind.ADDITION.value: "ajout",
    AdjustmentKind.REMOVAL.value: "retrait",
    AdjustmentKind.OTHER_LOAD.value: "autre charge",
}
