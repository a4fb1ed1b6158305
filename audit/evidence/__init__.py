"""Tell, so that it can be checked: the record of an audit, its folder, its manifest."""
