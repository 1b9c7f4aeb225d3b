"""How fast, how much memory: our ingestion and evaluation beside named peers, in one run.

    python -m benchmarks                          2 M and 20 M records, 5 rounds of each
    python -m benchmarks --sizes 200k --runs 3 --page /tmp/page.md

Every measurement is a process of its own, so that its peak memory is its own and a crash is
alone. Peers that write results must write ours, row for row, or there is no table.
"""
