"""From rows, each a chain of assets from above to below, to a tree."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from uuid import UUID

from lighting.registry.assets.model import Node


@dataclass(slots=True)
class _Branch:
    node: Node
    below: dict[UUID, "_Branch"] = field(default_factory=dict)

    def grown(self) -> Node:
        children = tuple(branch.grown() for branch in self.below.values())
        return replace(self.node, children=children, child_count=len(children))


def nest(asset: Node, chains: Iterable[Sequence[Node]]) -> Node:
    """`asset` with the chains below it put together; what lies above it in a chain is left out."""
    root = _Branch(asset)
    for chain in chains:
        branch = root
        for node in _below(asset, chain):
            branch = branch.below.setdefault(node.id, _Branch(node))
    return root.grown()


def _below(asset: Node, chain: Sequence[Node]) -> Sequence[Node]:
    ids = [node.id for node in chain]
    return chain[ids.index(asset.id) + 1 :] if asset.id in ids else chain
