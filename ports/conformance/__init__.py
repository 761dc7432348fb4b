"""Each port's promises as tests to inherit. Needs the `test` extra; nothing else imports it."""
