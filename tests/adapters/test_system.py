"""The operating system's clock and entropy."""

from datetime import UTC, timedelta

import pytest

from adapters.system import SystemClock, SystemEntropy
from ports.randomness import Unhealthy


def test_the_time_of_day_is_aware_and_in_utc() -> None:
    now = SystemClock().now()
    assert UTC is now.tzinfo
    assert abs(SystemClock().now() - now) < timedelta(minutes=1)


def test_the_monotonic_clock_never_steps_back() -> None:
    clock = SystemClock()
    readings = [clock.monotonic() for _ in range(1000)]
    assert sorted(readings) == readings


@pytest.mark.parametrize("count", [0, 1, 48, 256, 257, 1 << 20])
def test_entropy_gives_exactly_as_many_bytes_as_asked_for(count: int) -> None:
    assert count == len(SystemEntropy().read(count))


def test_no_block_comes_twice() -> None:
    source = SystemEntropy()
    assert 10_000 == len({source.read(16) for _ in range(10_000)})


def test_an_operating_system_without_random_bytes_is_unhealthy(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(count: int) -> bytes:
        raise OSError("no such device")

    monkeypatch.setattr("adapters.system.os.urandom", fail)
    with pytest.raises(Unhealthy, match="no such device"):
        SystemEntropy().read(8)
