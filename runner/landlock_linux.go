package runner

func landlock(*spec) error { return nil }
