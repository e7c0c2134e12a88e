"""Read the sentences of an article: states, counts, votes, dates, figures, and words of acts."""
