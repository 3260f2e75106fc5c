"""What the rule promises, on a small run of the benchmark's own diaries (`make bench` has the large one)."""

from __future__ import annotations

from functools import partial

import pytest

from bench import diaries
from bench.__main__ import benchmarks, main
from clinic.flags.trend import Detector, TrendConfig


def test_a_client_who_does_not_change_is_flagged_about_once_a_year() -> None:
    assert 0.6 <= diaries.false_flags_per_year(Detector, 150) <= 1.5


def test_of_clients_two_points_worse_most_are_flagged_within_two_weeks() -> None:
    assert diaries.flagged_within(Detector, 150) >= 0.72


def test_of_clients_three_points_worse_nearly_all() -> None:
    assert diaries.flagged_within(Detector, 150, step=3.0) >= 0.88


def test_the_sensitivities_keep_their_order() -> None:
    rates = [
        diaries.false_flags_per_year(partial(Detector, TrendConfig.tuned(name)), 100)
        for name in ("early", "standard", "few")
    ]
    assert rates == sorted(rates, reverse=True)


def test_the_diaries_are_the_same_each_time_and_differ_by_client() -> None:
    assert diaries.diary("a", 60) == diaries.diary("a", 60) != diaries.diary("b", 60)


def test_make_bench_finds_the_trend_benchmark_and_not_its_material() -> None:
    found = benchmarks()
    assert "trend" in found
    assert not {"__main__", "peers", "diaries"} & set(found)


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
