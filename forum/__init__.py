"""Forum and training: events, who is invited and who came, certificates, and what the region has of them."""
