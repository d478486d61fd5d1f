"""Expo editions and exchange activities: days, halls, zones, tables and booths, who takes part and whom they send."""
