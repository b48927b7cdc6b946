"""jaeval."""
