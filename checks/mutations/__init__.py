"""Proof that each check can fail: one thing of the stack is broken, and exactly the right checks turn red."""
