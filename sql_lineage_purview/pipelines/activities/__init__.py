"""What a pipeline does: its activities, in all rounds of its loops, and the SQL that they run."""
