"""EVC: dossiers, evidence, judging, and what HR sets up."""
