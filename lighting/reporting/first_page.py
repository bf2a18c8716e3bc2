"""The first page: four figures, a few sentences, a chart, the places to sign."""

from collections.abc import Iterator

from lighting.reporting.document import Bar, Chart, KeyFigure, Remark, SignatureBox
from lighting.reporting.model import Figures
from lighting.reporting.texts import Words
from lighting.reporting.wording import DASH, HARD_SPACE, Wording

WEEKEND = (5, 6)


def key_figures(figures: Figures, words: Words, say: Wording) -> list[KeyFigure]:
    """Energy, cost, savings and availability, in large type."""
    return [
        _energy_figure(figures, words, say),
        _cost_figure(figures, words, say),
        _savings_figure(figures, words, say),
        KeyFigure(
            words("key_light"),
            say.share(figures.light.availability, 2).rstrip("%").rstrip(HARD_SPACE),
            "%",
            words("key_light_note", hours=say.number(figures.light.dark_hours)),
        ),
    ]


def _energy_figure(figures: Figures, words: Words, say: Wording) -> KeyFigure:
    note = words("key_energy_note", share=say.share(figures.total.measured_share))
    return KeyFigure(words("key_energy"), say.number(figures.total.energy_kwh), "kWh", note)


def _cost_figure(figures: Figures, words: Words, say: Wording) -> KeyFigure:
    label, unit = words("key_cost"), words("key_cost_unit")
    if figures.cost is None:
        return KeyFigure(label, DASH, unit, words("key_cost_none"))
    cost = figures.cost.including_vat_eur
    kwh = figures.total.energy_kwh
    price = say.number(100 * cost / kwh, 1) if kwh else DASH
    return KeyFigure(label, say.number(cost), unit, words("key_cost_note", price=price))


def _savings_figure(figures: Figures, words: Words, say: Wording) -> KeyFigure:
    label = words("key_savings")
    if figures.savings is None:
        return KeyFigure(label, DASH, "%", words("key_savings_none"))
    share = say.number(100 * figures.savings.saved_share, 1)
    note = words("key_savings_note", kwh=say.number(figures.savings.saved_kwh))
    return KeyFigure(label, share, "%", note)


def summary(figures: Figures, words: Words, say: Wording) -> list[Remark]:
    """What a mayor should know, in sentences."""
    remarks = {
        "about_energy": _say_energy(figures, words, say),
        "about_cost": _say_cost(figures, words, say),
        "about_savings": _say_savings(figures, words, say),
        "about_co2": _say_co2(figures, words, say),
        "about_light": _say_light(figures, words, say),
    }
    told = {key: " ".join(sentences) for key, sentences in remarks.items()}
    return [Remark(words(key), text) for key, text in told.items() if text]


def _say_energy(figures: Figures, words: Words, say: Wording) -> Iterator[str]:
    whole, before = figures.total, figures.year_before
    compared = ""
    if before is not None and before.energy_wh:
        change = whole.energy_kwh / before.energy_kwh - 1
        year_ago = figures.first.replace(year=figures.first.year - 1)
        compared = words("say_compared", change=say.signed_share(change), month=say.month(year_ago))
    yield words(
        "say_energy",
        month=say.month(figures.first),
        count=say.number(figures.light_point_count),
        town=figures.organisation.name,
        kwh=say.number(whole.energy_kwh),
        compared=compared,
    )
    if whole.estimated_wh:
        yield words("say_measured", share=say.share(whole.measured_share))
    elif whole.measured_wh:
        yield words("say_all_measured")
    if whole.missing_s:
        yield words("say_missing", share=say.share(1 - whole.covered_share, 2))


def _say_cost(figures: Figures, words: Words, say: Wording) -> Iterator[str]:
    if figures.cost is None:
        yield words("say_no_cost")
    else:
        yield words("say_cost", eur=say.eur(figures.cost.including_vat_eur))


def _say_savings(figures: Figures, words: Words, say: Wording) -> Iterator[str]:
    savings = figures.savings
    if savings is None:
        return
    yield words(
        "say_savings",
        reference=say.number(savings.credited_kwh),
        saved=say.number(savings.saved_kwh),
        share=say.share(savings.saved_share),
    )
    guaranteed = savings.baseline.guaranteed_share
    if guaranteed is not None:
        kept = "say_guarantee_kept" if savings.is_guarantee_kept else "say_guarantee_missed"
        yield words(kept, share=say.share(guaranteed))


def _say_co2(figures: Figures, words: Words, say: Wording) -> Iterator[str]:
    if figures.co2 is not None:
        yield words(
            "say_co2",
            kg=say.number(figures.co2.emitted_kg),
            factor=say.number(figures.co2.factor.kg_per_kwh, 3),
        )


def _say_light(figures: Figures, words: Words, say: Wording) -> Iterator[str]:
    light = figures.light
    if not light.outages:
        yield words("say_no_outage")
        return
    count, still = len(light.outages), light.still_out_count
    yield words(_by_count("say_outages", count), count=say.number(count))
    yield words("say_availability", share=say.share(light.availability, 2))
    yield words(_by_count("say_still", still), still=say.number(still))


def _by_count(key: str, count: int) -> str:
    """The sentence for none, one or many."""
    return {0: f"{key}_none", 1: f"{key}_one"}.get(count, key)


def chart(figures: Figures, words: Words, say: Wording) -> Chart:
    """One bar a day, measured below and estimated above; a mark on days not wholly known."""
    energies = [day.energy.energy_kwh for day in figures.days]
    return Chart(
        title=words("chart_title"),
        description=words(
            "chart_description", low=say.number(min(energies)), high=say.number(max(energies))
        ),
        unit="kWh",
        bars=[
            Bar(
                label=str(day.on.day),
                measured_kwh=day.energy.energy_kwh * day.energy.measured_share,
                estimated_kwh=day.energy.energy_kwh * (1 - day.energy.measured_share),
                is_partial=day.energy.missing_s > 0,
                is_weekend=day.on.weekday() in WEEKEND,
            )
            for day in figures.days
        ],
        measured_label=words("chart_measured"),
        estimated_label=words("chart_estimated"),
        partial_label=words("chart_partial"),
    )


def signatures(words: Words) -> list[SignatureBox]:
    """The two parties."""
    lines = [words("sign_name"), words("sign_date")]
    return [SignatureBox(words(party), lines) for party in ("sign_town", "sign_operator")]
