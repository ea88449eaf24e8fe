/** A part of what `/metrics` answers. */
export const examples = `# HELP postern_decisions_total Decisions given, also those in batches, by outcome, reason and layer
# TYPE postern_decisions_total counter
postern_decisions_total{outcome="allow",reason="ALLOWED",layer="none"} 2
`;
