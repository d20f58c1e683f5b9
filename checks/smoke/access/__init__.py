"""Who may see and change what: two accounts, an administrator, a stranger; and how they come by their sessions."""
