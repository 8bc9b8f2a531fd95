"""Letters to people: an outbox from which each goes out once, notices and weekly digests."""
