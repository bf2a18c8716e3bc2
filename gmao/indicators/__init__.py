"""How well maintenance does: delays kept, times to repair, repeats, backlog, cost."""
