"""Where the nodes of a study come from: one file per source. Alone with runs imports cluster."""
