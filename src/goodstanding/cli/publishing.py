"""What follows every write: the checkpoint over it is published, or it is said why not yet."""

from __future__ import annotations

from goodstanding.cli.console import err, shown
from goodstanding.kernel import Clock, Noted
from goodstanding.register import Node, Publication


def publish(node: Node, clock: Clock, noted: Noted) -> Publication:
    """Ask the witnesses of the node's policy, if it has one, and say on standard error how it went.

    What is sealed is safe either way; until enough witnesses have cosigned, readers see the
    checkpoint of before.
    """
    publication = node.log.publish(clock=clock, noted=noted)
    if not node.layout.witness_policy.exists():
        return publication
    published, newest = publication.published.head.size, publication.newest.head.size
    if publication.up_to_date:
        err.print(f"[green]✓[/] published: {newest:,} entries; {shown(publication.words)}")
        return publication
    err.print(
        f"[yellow]![/] sealed, but not published: {newest:,} entries are signed, readers see "
        f"{published:,}; {shown(publication.words)}"
    )
    for answer in publication.answers:
        err.print(f"  {shown(answer)}", soft_wrap=True)
    err.print("  [dim]to do[/]  goodstanding log publish, when the witnesses can be reached")
    return publication
