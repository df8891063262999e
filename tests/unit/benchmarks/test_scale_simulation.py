"""The simulation of batch jobs: its sums are right, and it sees what more workers and shorter lives cost."""

from dataclasses import replace

from benchmarks.scale_simulation import World, blocks_of, simulate

WORLD = World(documents=3000, worker_hours=1e9)


def test_more_workers_take_less_time_and_every_page_is_done() -> None:
    blocks = blocks_of(WORLD, 4)
    few, many = simulate(WORLD, 2, blocks), simulate(WORLD, 8, blocks)
    pages = sum(item.selected for block in blocks for item in block)
    assert few.pages == many.pages == pages
    assert 3.0 < few.hours / many.hours < 4.2
    assert few.hours * 2 > pages * WORLD.page_seconds / 3600 * 0.9
    assert few.again == few.lost_workers == 0


def test_lost_workers_do_their_block_again_and_too_many_wait() -> None:
    frail = replace(WORLD, worker_hours=0.2)
    job = simulate(frail, 8, blocks_of(frail, 8))
    assert job.lost_workers > 10
    assert 0 < job.again < 1
    crowd = simulate(WORLD, 600, blocks_of(WORLD, 600))
    assert crowd.idle > 0.1
    assert any("waiting" in said for said in crowd.breaks())
