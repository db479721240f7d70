"""Getting nodes and owning processes. Never imports scaling."""
