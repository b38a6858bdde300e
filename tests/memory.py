"""What a page holds after thousands of swaps, counted in `window.swaps`."""

import logging

logger = logging.getLogger(__name__)
TRIES = 5
# What is held is measured, and to paint it costs more than all else of a swap.
UNPAINTED = "() => { document.body.style.contentVisibility = 'hidden'; }"


def stays_flat(page, begin, *, after, swaps, tell):
    """Once `begin` was evaluated the page swaps by itself. From the `after`th swap on no
    more is held than before, nor more nodes; `tell` is given the figures."""
    devtools = page.context.new_cdp_session(page)
    devtools.send("HeapProfiler.enable")
    page.evaluate(UNPAINTED)
    page.evaluate(begin)
    _swapped(page, devtools, after)
    bytes_before, nodes_before = _held(devtools)
    _swapped(page, devtools, after + swaps)
    bytes_after, nodes_after = _held(devtools)
    tell("swaps", page.evaluate("window.swaps"))
    tell("heap growth, KiB", round((bytes_after - bytes_before) / 1024))
    tell("nodes", f"{nodes_before} -> {nodes_after}")
    grown = bytes_after - bytes_before
    assert grown <= 5 * 1024 * 1024, f"{grown} bytes more are held"
    # What is being parsed just then, and what is not yet swept, counts as well.
    most = 2 * nodes_before + 1000
    assert nodes_after <= most, f"{nodes_before} nodes became {nodes_after}"


def _held(devtools):
    """`(bytes, nodes)` that are left after the garbage was collected: the least of some
    tries, since the page goes on swapping meanwhile."""
    tries = [_collected(devtools) for _ in range(TRIES)]
    return min(used for used, _ in tries), min(nodes for _, nodes in tries)


def _collected(devtools):
    for _ in range(2):
        devtools.send("HeapProfiler.collectGarbage")
    used = devtools.send("Runtime.getHeapUsage")["usedSize"]
    return used, devtools.send("Memory.getDOMCounters")["nodes"]


def _swapped(page, devtools, times):
    """Waits for so many swaps. A page that rests for five seconds after each has its
    garbage collected meanwhile; one that never rests has it collected here."""
    before, still = None, 0
    while (now := page.evaluate("window.swaps")) < times:
        still = still + 1 if now == before else 0
        assert still < 4, "the page stopped asking"
        before = now
        logger.info("%d swaps, %d bytes, %d nodes", now, *_collected(devtools))
        page.wait_for_timeout(5_000)
