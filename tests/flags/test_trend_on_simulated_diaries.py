"""What the rule promises, on a small run of the benchmark's own diaries (`make bench` has the large one)."""

from __future__ import annotations

from functools import cache, partial

import pytest

from bench import counting
from bench.__main__ import benchmarks, main
from bench.cohorts import UNCHANGED, WORSE, Client, clients
from bench.counting import Trace
from bench.peers import LastReportAlerts, LocalLevel, SelfStartingCusum, TwoAboveTheFirstWeek
from clinic.flags.trend import FALSE_FLAGS_PER_YEAR, SENSITIVITIES, SMALLEST_RISES, Detector, TrendConfig


@cache
def unchanged() -> list[Client]:
    return [client for family in UNCHANGED for client in clients(family, 80, "tests")]


@cache
def worse(family: str) -> list[Client]:
    return clients(family, 60, "tests")


@cache
def ours() -> list[Trace]:
    return counting.follow(Detector, unchanged())


def test_a_client_who_does_not_get_worse_is_flagged_about_once_a_year() -> None:
    assert 0.6 <= counting.false_flags_per_year(ours()) <= 1.4


@pytest.mark.parametrize(
    ("family", "at_least"), [("step2", 0.7), ("step3", 0.88), ("drift14", 0.27), ("drift28", 0.05), ("relapse", 0.65)]
)
def test_of_clients_who_get_worse_so_many_are_flagged_within_two_weeks(family: str, at_least: float) -> None:
    assert counting.flagged_in_time(counting.follow(Detector, worse(family))) >= at_least


@pytest.mark.parametrize("peer", [LocalLevel, SelfStartingCusum, TwoAboveTheFirstWeek])
def test_at_the_same_false_flags_no_peer_sees_more(peer: type) -> None:
    def head(make: type, bar: float) -> float:
        return counting.head([counting.follow(make, worse(family)) for family in WORSE], bar)

    theirs = counting.follow(peer, unchanged())
    assert head(Detector, counting.bar_for(ours(), 1.0)) > head(peer, counting.bar_for(theirs, 1.0))


def test_the_published_commercial_rule_cries_wolf_eight_times_as_often() -> None:
    theirs = counting.false_flags_per_year(counting.follow(LastReportAlerts, unchanged()))
    assert theirs > 8 * counting.false_flags_per_year(ours())


@cache
def price(sensitivity: str, rise: float) -> float:
    make = partial(Detector, TrendConfig.for_settings(sensitivity, rise))
    return counting.false_flags_per_year(counting.follow(make, unchanged()))


@pytest.mark.parametrize("sensitivity", SENSITIVITIES)
@pytest.mark.parametrize("rise", [1.0, 2.0])
def test_the_price_told_to_practitioners_is_about_what_it_costs(sensitivity: str, rise: float) -> None:
    assert price(sensitivity, rise) == pytest.approx(FALSE_FLAGS_PER_YEAR[sensitivity, rise], rel=0.35, abs=0.15)


def test_the_sensitivities_and_the_smallest_rises_keep_their_order() -> None:
    by_bar = sorted(SENSITIVITIES, key=lambda name: SENSITIVITIES[name], reverse=True)
    assert [price(name, 1.0) for name in by_bar] == sorted(price(name, 1.0) for name in by_bar)
    assert price("standard", SMALLEST_RISES[-1]) < price("standard", SMALLEST_RISES[0])


def test_make_bench_finds_the_trend_benchmark_and_not_its_material() -> None:
    found = benchmarks()
    assert "trend" in found
    assert not {"__main__", "peers", "diaries", "cohorts", "counting", "charts"} & set(found)


def test_an_unknown_benchmark_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["nonsense"])
    assert "nonsense" in capsys.readouterr().err


def test_a_benchmark_that_breaks_is_named_and_the_others_still_run(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken() -> None:
        raise RuntimeError("no fuel")

    monkeypatch.setattr("bench.__main__.benchmarks", lambda: {"bad": broken, "good": lambda: [("x", 1.5)]})
    assert main([]) == 1
    printed = capsys.readouterr()
    assert printed.out == "x: 1.5\n"
    assert "bad" in printed.err
    assert "no fuel" in printed.err
