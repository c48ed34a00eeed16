package store

// Bytes is how much is remembered.
func (d *Decoded[T]) Bytes() int { return d.bytes }
