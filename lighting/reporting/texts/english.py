"""The English words of a report."""

from collections.abc import Mapping

from lighting.contracts.model import AdjustmentKind, Component

TEXTS: Mapping[str, str] = {
    "kicker": "Public lighting · monthly energy report",
    "description": "Energy, cost, CO₂, savings and availability of public lighting",
    "footer": "{town} · public lighting · {month} · version {version}",
    "page": "page",
    # first page
    "key_energy": "Energy used",
    "key_energy_note": "{share} measured",
    "key_cost": "Recomputed cost",
    "key_cost_unit": "€ incl. VAT",
    "key_cost_note": "{price} c€ per kWh",
    "key_cost_none": "no price on file",
    "key_savings": "Savings",
    "key_savings_note": "{kwh} kWh avoided",
    "key_savings_none": "no baseline",
    "key_light": "Availability",
    "key_light_note": "{hours} h without light",
    "about_energy": "Energy",
    "about_cost": "Cost",
    "about_savings": "Savings",
    "about_co2": "CO₂",
    "about_light": "Light",
    "say_energy": "In {month}, the {count} light points of {town} used {kwh} kWh{compared}.",
    "say_compared": ", {change} against {month}",
    "say_all_measured": "All of this energy is measured by the controllers’ counters.",
    "say_measured": "{share} of this energy is measured by the controllers’ counters; the rest "
    "is estimated and marked so.",
    "say_missing": "No data covers {share} of the time: that energy is missing from the total "
    "and is not made up.",
    "say_cost": "The cost recomputed from the tariffs on file is {eur} including VAT.",
    "say_no_cost": "The cost is not computed: there is no supply price on file for every "
    "delivery point.",
    "say_savings": "The baseline, adjusted to the hours and the perimeter of the month, would "
    "have used {reference} kWh: the saving is {saved} kWh, or {share}.",
    "say_guarantee_kept": "The guaranteed {share} is kept this month.",
    "say_guarantee_missed": "The guaranteed {share} is not kept this month.",
    "say_co2": "Emissions are {kg} kg of CO₂, at {factor} kg per kWh.",
    "say_outages_one": "One light point had a lamp failure.",
    "say_outages": "{count} light points had a lamp failure.",
    "say_availability": "Availability of the lighting is {share}.",
    "say_still_none": "At the end of the month all were lit again.",
    "say_still_one": "At the end of the month one point was still without light.",
    "say_still": "At the end of the month {still} points were still without light.",
    "say_no_outage": "No lamp failure was found.",
    "chart_title": "Energy of each day",
    "chart_description": "Bar chart of energy by day, from {low} to {high} kWh; the values are "
    "in the day by day table.",
    "chart_measured": "measured",
    "chart_estimated": "estimated",
    "chart_partial": "incomplete day",
    "sign_town": "For the municipality",
    "sign_operator": "For the operator",
    "sign_name": "Name and position",
    "sign_date": "Date and signature",
    "frozen": "Version {version}, frozen on {at} by {by}.",
    "fingerprint": "SHA-256 fingerprint of the inputs",
    # columns
    "date": "Date",
    "points": "Points",
    "measured": "Measured",
    "bridged": "of which spread",
    "estimated": "Estimated",
    "energy": "Energy",
    "covered": "Coverage",
    "cabinet": "Cabinet",
    "name": "Name",
    "prm": "Delivery point",
    "per_point": "Per point",
    "cost": "Cost incl. VAT",
    "co2": "CO₂",
    "component": "Component",
    "quantity": "Quantity",
    "unit": "Unit",
    "rate": "Unit price",
    "amount": "Amount",
    "valid_from": "From",
    "source": "Source",
    "value": "Value",
    "line": "Line",
    "power": "Power",
    "hours": "Hours",
    "light_point": "Point",
    "street": "Street",
    "outages": "Outages",
    "dark": "Without light",
    "first_at": "First outage",
    "restored_at": "Restored",
    "still_out": "still out",
    "urgency": "Urgency",
    "due": "Due",
    "in_time": "In time",
    "respect": "Kept",
    "median": "Median restoration",
    "what": "Figure",
    "before": "Before",
    "after": "After",
    "total": "Total",
    # chapters
    "days": "Energy day by day",
    "days_note": "Civil dates, midnight to midnight. “of which spread”: energy counted during a "
    "silence of more than two hours across midnight; its total is measured, its split between "
    "days is estimated. Totals are computed before rounding.",
    "cabinets": "Energy by cabinet",
    "cabinets_note": "Coverage: share of the time of equipped points whose energy is known, "
    "from the counter or from the model.",
    "no_cabinet": "(no cabinet)",
    "costs": "Cost of the energy",
    "costs_text": "The bill is recomputed from the tariffs in force, cabinet by cabinet, each "
    "cabinet being a delivery point; fixed parts count by the day. It does not replace the "
    "supplier’s bill: it lets one check it.",
    "costs_none": "There is no supply price on file for every delivery point; enter it and ask "
    "for a new version.",
    "excluding_vat": "Total excluding VAT",
    "vat_line": "VAT",
    "including_vat": "Total including VAT",
    "rates": "Tariffs applied",
    "rate_per_year": "{value} €/year",
    "rate_per_kva_year": "{value} €/kVA/year",
    "rate_per_kwh": "{value} €/kWh",
    "rate_per_mwh": "{value} €/MWh",
    "several": "several",
    "savings": "Savings",
    "savings_text": "The saving is the adjusted baseline less the energy used. The baseline "
    "follows the length of the nights, points added and removed, and the hours decided by the "
    "municipality. What no data covers is not credited.",
    "savings_none": "There is no baseline on file: no saving is shown.",
    "baseline_lines": "Adjusted baseline: {name}, perimeter no. {version}",
    "savings_result": "Result",
    "reference_hours": "Hours of the reference regime",
    "applied_hours": "Hours applied",
    "adjusted": "Adjusted baseline",
    "credited": "Baseline credited",
    "actual": "Energy used",
    "saved": "Energy avoided",
    "saved_share": "Saving",
    "guaranteed": "Guaranteed",
    "co2_title": "CO₂ emissions",
    "co2_text": "Factor: {factor} kg per kWh, territory {territory}, in force since {since}; "
    "source: {source}.",
    "co2_none": "There is no factor on file for this territory: no emissions are shown.",
    "emitted": "Emitted",
    "avoided": "Avoided",
    "light": "Outages and availability",
    "light_text": "Availability is one less the share of planned burning hours spent without "
    "light: {dark} h of {planned} h. Planned hours run from sunset to sunrise. An outage counts "
    "from its confirmation to the return of light.",
    "outages_title": "Light points that were out",
    "outages_note": "The {shown} longest of {count}; the spreadsheet holds them all.",
    "delays": "Intervention delays",
    "changes": "What changed since the previous version",
    "changes_sheet": "Changes",
    "baseline_sheet": "Baseline",
    "changes_text": "Data that came after the previous version was frozen changed the following "
    "figures. The previous version remains available, unchanged.",
    "points_month": "Light points",
    "method": "Method and verification",
    "method_energy": "Energy",
    "method_energy_text": "It is the sum of counter differences, in whole watt-hours. "
    "Resets, rollovers, repetitions, late data and controller swaps are recognised; a rise "
    "faster than 1.2 times the rated power is refused, with its trace.",
    "method_estimate": "Estimate",
    "method_estimate_text": "Without counter, energy is that of the model: power of the "
    "luminaire at the level the calendar planned, gear and standby included. Without a known "
    "calendar it is missing.",
    "method_verify": "Verification",
    "method_verify_text": "The inputs are kept in canonical form; their fingerprint is "
    "on the first page. Making the report again from them gives the same files, byte for byte.",
    # what late data changed
    "change_energy": "Energy (kWh)",
    "change_measured": "Measured energy (kWh)",
    "change_covered": "Coverage (%)",
    "change_cost": "Cost incl. VAT (€)",
    "change_saved": "Energy avoided (kWh)",
    "change_co2": "CO₂ (kg)",
    "change_dark": "Hours without light (h)",
    "change_cabinet": "Cabinet {code} (kWh)",
    "change_facts": "Other inputs",
}

COMPONENTS: Mapping[Component, str] = {
    Component.SUPPLY_FIXED: "Supply, standing charge",
    Component.SUPPLY_ENERGY: "Supply, energy",
    Component.NETWORK_FIXED: "Network, management and metering",
    Component.NETWORK_POWER: "Network, subscribed power",
    Component.NETWORK_ENERGY: "Network, energy",
    Component.EXCISE: "Excise on electricity",
    Component.CTA: "Network pension levy (CTA)",
    Component.VAT: "VAT",
}

UNITS: Mapping[str, str] = {
    "month": "months",
    "kVA·month": "kVA·months",
    "MWh": "MWh",
    "kWh": "kWh",
    "EUR": "€",
}

BASELINE_LINES: Mapping[str, str] = {
    "reference": "reference",
    AdjustmentKind.ADDITION.value: "addition",
    AdjustmentKind.REMOVAL.value: "removal",
    AdjustmentKind.OTHER_LOAD.value: "other load",
}
