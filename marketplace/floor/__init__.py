"""The day itself: who is here, who is late, what happens at each table, freed slots, and cards exchanged."""
