"""Which records speak of one thing: pure functions of records, evidence and judgements."""
