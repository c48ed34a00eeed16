package attr

import (
	"errors"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/wire/awsjson"
)

// DecodeJSON reads an AttributeValue: an object with exactly one of the ten members.
// The errors are fit to be sent: a ValidationException with DynamoDB's sentence, or a
// SerializationException from the decoder. Members that are null or unknown are absent,
// a member that occurs twice is refused by the decoder.
func (v *Value) DecodeJSON(d *awsjson.Decoder) error {
	value, err := decodeJSON(d, 1)
	if err != nil {
		return sendable(err)
	}
	*v = value
	return nil
}

// DecodeJSON reads a map of names to AttributeValues.
func (it *Item) DecodeJSON(d *awsjson.Decoder) error {
	item, err := decodeItemJSON(d, 1)
	if err != nil {
		return sendable(err)
	}
	*it = item
	return nil
}

// Values are ExpressionAttributeValues, whose refusals name the placeholder.
type Values map[string]Value

// DecodeJSON reads a map of placeholders to AttributeValues.
func (vs *Values) DecodeJSON(d *awsjson.Decoder) error {
	if err := d.BeginObject(); err != nil {
		return err
	}
	values := Values{}
	for d.More() {
		name, err := d.String()
		if err != nil {
			return err
		}
		values[name], err = decodeJSON(d, 1)
		if refusal, is := errors.AsType[ValidationError](err); is {
			err = ValidationError("ExpressionAttributeValues contains invalid value: " + string(refusal) + " for key " + name)
		}
		if err != nil {
			return sendable(err)
		}
	}
	*vs = values
	return d.EndObject()
}

func sendable(err error) error {
	if refusal, is := errors.AsType[ValidationError](err); is {
		return bailiwick.Errorf(bailiwick.CodeValidation, "%s", refusal)
	}
	return err
}

// decodeJSON reads a value on the given level of nesting.
func decodeJSON(d *awsjson.Decoder, depth int) (Value, error) {
	if depth > MaxDepth {
		return Value{}, errDepth
	}
	if null, err := d.Null(); err != nil || null {
		return Value{}, orEmpty(err)
	}
	if err := d.BeginObject(); err != nil {
		return Value{}, err
	}
	var v Value
	for d.More() {
		name, err := d.Name()
		if err != nil {
			return Value{}, err
		}
		t, known := ParseType(string(name))
		if null, err := d.Null(); err != nil {
			return Value{}, err
		} else if null {
			continue
		}
		switch {
		case !known:
			err = d.Skip()
		case !v.IsZero():
			err = errManyTypes
		default:
			v, err = decodeMember(d, t, depth)
		}
		if err != nil {
			return Value{}, err
		}
	}
	if err := d.EndObject(); err != nil {
		return Value{}, err
	}
	if v.IsZero() {
		return v, errEmptyValue
	}
	return v, nil
}

func orEmpty(err error) error {
	if err != nil {
		return err
	}
	return errEmptyValue
}

func decodeMember(d *awsjson.Decoder, t Type, depth int) (Value, error) {
	switch t {
	case S:
		s, err := d.String()
		return String(s), err
	case N:
		text, err := d.String()
		if err != nil {
			return Value{}, err
		}
		return Number(text)
	case B:
		b, err := d.Blob()
		return Value{typ: B, text: string(b)}, err
	case BOOL:
		b, err := d.Bool()
		return Bool(b), err
	case NULL:
		b, err := d.Bool()
		if err == nil && !b {
			err = invalidf("Null attribute value types must have the value of true")
		}
		return Null(), err
	case L:
		return decodeListJSON(d, depth+1)
	case M:
		fields, err := decodeItemJSON(d, depth+1)
		return Map(fields), err
	}
	return decodeSetJSON(d, t)
}

func decodeListJSON(d *awsjson.Decoder, depth int) (Value, error) {
	if err := d.BeginArray(); err != nil {
		return Value{}, err
	}
	var list []Value
	for d.More() {
		v, err := decodeJSON(d, depth)
		if err != nil {
			return Value{}, err
		}
		list = append(list, v)
	}
	return List(list), d.EndArray()
}

func decodeItemJSON(d *awsjson.Decoder, depth int) (Item, error) {
	if err := d.BeginObject(); err != nil {
		return nil, err
	}
	item := Item{}
	for d.More() {
		name, err := d.String()
		if err != nil {
			return nil, err
		}
		if len(name) > MaxNameBytes {
			return nil, ErrNameSize
		}
		v, err := decodeJSON(d, depth)
		if err != nil {
			return nil, err
		}
		item = append(item, Attribute{name, v})
	}
	if err := d.EndObject(); err != nil {
		return nil, err
	}
	return item, item.sort()
}

func decodeSetJSON(d *awsjson.Decoder, t Type) (Value, error) {
	if err := d.BeginArray(); err != nil {
		return Value{}, err
	}
	var members []string
	for d.More() {
		m, err := decodeSetMember(d, t)
		if err != nil {
			return Value{}, err
		}
		members = append(members, m)
	}
	if err := d.EndArray(); err != nil {
		return Value{}, err
	}
	return newSet(t, members)
}

func decodeSetMember(d *awsjson.Decoder, t Type) (string, error) {
	if t == BS {
		b, err := d.Blob()
		return string(b), err
	}
	text, err := d.String()
	if err != nil || t == SS {
		return text, err
	}
	return Canonical(text)
}

// EncodeJSON prints the value as an AttributeValue; the zero Value as an empty object.
func (v Value) EncodeJSON(e *awsjson.Encoder) error {
	e.BeginObject()
	if v.typ != None {
		e.Name(v.typ.String())
		v.encodeMember(e)
	}
	e.EndObject()
	return nil
}

func (v Value) encodeMember(e *awsjson.Encoder) {
	switch v.typ {
	case S, N:
		e.String(v.text)
	case B:
		e.Blob([]byte(v.text))
	case BOOL:
		e.Bool(v.yes)
	case NULL:
		e.Bool(true)
	case L:
		e.BeginArray()
		for _, element := range v.Elements() {
			_ = element.EncodeJSON(e) // prints into memory: nothing can fail
		}
		e.EndArray()
	case M:
		_ = v.Fields().EncodeJSON(e)
	default:
		e.BeginArray()
		for _, m := range v.Members() {
			if v.typ == BS {
				e.Blob([]byte(m))
			} else {
				e.String(m)
			}
		}
		e.EndArray()
	}
}

// EncodeJSON prints the item as a map of names to AttributeValues.
func (it Item) EncodeJSON(e *awsjson.Encoder) error {
	e.BeginObject()
	for _, a := range it {
		e.Name(a.Name)
		_ = a.Value.EncodeJSON(e)
	}
	e.EndObject()
	return nil
}
