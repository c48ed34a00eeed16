// Package attr holds DynamoDB attribute values: what an item is made of,
// and nothing about tables, requests or storage engines.
//
// Start with [Value] (one of the ten DynamoDB types) and [Item] (attributes
// sorted by name). Both are immutable: every change makes a new one, so that
// the old image of an item stays valid while the new one is built. A Value that
// exists is valid: constructors and decoders refuse what DynamoDB refuses, with
// DynamoDB's sentences, as a [ValidationError].
//
// Numbers live as their one canonical decimal text (number.go). Two spellings of
// a number ("1", "01", "1.0", "1e0") are the same Value, the same key and the same
// policy context string; were they not, a spelling could walk around a Deny
// statement on dynamodb:LeadingKeys.
//
// Three encodings: JSON as on the wire (json.go), order-preserving bytes for keys
// (key.go) and compact checksummed bytes for storage (codec.go).
//
// Elsewhere: expressions over items are in package expr; which names are keys, and
// what a request may do, in package dynamodb.
//
// Sources: "Supported data types and naming rules in Amazon DynamoDB", "DynamoDB
// item sizes and formats" and "Quotas in Amazon DynamoDB" of the developer guide.
package attr
