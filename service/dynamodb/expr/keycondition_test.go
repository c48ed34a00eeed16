package expr

import (
	"slices"
	"strings"
	"testing"

	"github.com/bailiwick-project/bailiwick/service/dynamodb/attr"
)

func TestKeyCondition(t *testing.T) {
	schema := KeySchema{"pk", attr.S, "sk", attr.S}
	numeric := KeySchema{"pk", attr.S, "sk", attr.N}
	hashOnly := KeySchema{Partition: "pk", PartitionType: attr.S}
	tests := []struct {
		schema     KeySchema
		text, want string // partition, operator, values; or the error
	}{
		{schema, "pk = :s", "text"},
		{schema, ":s = pk", "text"},
		{schema, "(#pk = :s)", "text"},
		{hashOnly, "pk = :s", "text"},
		{schema, "pk = :s AND sk = :x", "text = x"},
		{schema, "sk < :x AND :s = #pk", "text < x"},
		{schema, "pk = :s AND :x < sk", "text > x"},
		{schema, ":s = pk AND :x >= sk", "text <= x"},
		{schema, "(pk = :s) AND (:x <= sk)", "text >= x"},
		{schema, "pk = :s and (sk > :x)", "text > x"},
		{schema, "pk = :s AND begins_with(sk, :te)", "text begins_with te"},
		{schema, "pk = :s AND sk BETWEEN :te AND :x", "text BETWEEN te x"},
		{numeric, "pk = :s AND sk BETWEEN :one AND :ten", "text BETWEEN 1 10"},
		{schema, "sk = :x", "Query condition missed key schema element: pk"},
		{schema, "extra = :x AND sk = :x", "Query condition missed key schema element: pk"},
		{schema, "pk = :s AND extra = :x", "Query condition missed key schema element: sk"},
		{hashOnly, "pk = :s AND sk = :x", "Query key condition not supported"},
		{schema, "pk > :s", "Query key condition not supported"},
		{schema, "begins_with(pk, :te)", "Query key condition not supported"},
		{schema, "pk BETWEEN :te AND :x", "Query key condition not supported"},
		{schema, ":s <= pk AND sk = :x", "Query key condition not supported"},
		{schema, "pk = :s AND pk = :x", "KeyConditionExpressions must only contain one condition per key"},
		{schema, "pk = :s AND #pk = :x", "KeyConditionExpressions must only contain one condition per key"},
		{schema, "pk = :s AND (sk > :te AND sk < :x)", "KeyConditionExpressions must only contain one condition per key"},
		{schema, "pk = :s AND sk = :x AND third = :x", "Conditions can be of length 1 or 2 only"},
		{schema, "pk = :s OR pk = :x", "Invalid operator used in KeyConditionExpression: OR"},
		{schema, "NOT pk = :s", "Invalid operator used in KeyConditionExpression: NOT"},
		{schema, "pk IN (:s)", "Invalid operator used in KeyConditionExpression: IN"},
		{schema, "pk <> :s", "Invalid operator used in KeyConditionExpression: <>"},
		{schema, "pk = :s AND attribute_exists(sk)", "Invalid operator used in KeyConditionExpression: attribute_exists"},
		{schema, "pk = :s AND contains(sk, :x)", "Invalid operator used in KeyConditionExpression: contains"},
		{schema, "pk = :s AND size(sk) = :one", "Invalid operator used in KeyConditionExpression: size"},
		{schema, "pk = :s AND sk = size(x1)", "Invalid operator used in KeyConditionExpression: size"},
		{schema, "pk.k = :s", "Invalid KeyConditionExpression: KeyConditionExpressions cannot have conditions on nested attributes"},
		{schema, "pk[0] = :s", "Invalid KeyConditionExpression: KeyConditionExpressions cannot have conditions on nested attributes"},
		{schema, "pk = sk", "Invalid condition in KeyConditionExpression: Multiple attribute names used in one condition"},
		{schema, ":s = :x", "Invalid condition in KeyConditionExpression: No key attribute specified"},
		{schema, "pk = :s AND begins_with(:x, sk)", "Invalid condition in KeyConditionExpression: begins_with operator must have the key attribute as its first argument"},
		{schema, "pk = :one", "One or more parameter values were invalid: Condition parameter type does not match schema type"},
		{schema, "pk = :s AND sk = :one", "One or more parameter values were invalid: Condition parameter type does not match schema type"},
		{numeric, "pk = :s AND begins_with(sk, :x)", "One or more parameter values were invalid: Condition parameter type does not match schema type"},
		{schema, "pk = :void", "One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty string value. Key: pk"},
		{schema, "pk = :long", "One or more parameter values were invalid: Size of hashkey has exceeded the maximum size limit of2048 bytes"},
		{schema, "", "Invalid KeyConditionExpression: The expression can not be empty;"},
		{schema, "pk = ", `Invalid KeyConditionExpression: Syntax error; token: "<EOF>", near: "="`},
		{schema, "pk = :s AND begins_with(sk, :one)", "Invalid KeyConditionExpression: Incorrect operand type for operator or function; operator or function: begins_with, operand type: N"},
	}
	for _, test := range tests {
		values := theValues(t)
		values[":void"], values[":long"] = attr.String(""), attr.String(strings.Repeat("x", 2049))
		s, err := NewScope(theNames(), values)
		if err != nil {
			t.Fatal(err)
		}
		k, err := s.KeyCondition(test.text)
		got := message(err)
		if err == nil {
			r, err := k.Resolve(test.schema)
			got = message(err)
			if err == nil {
				got = r.Partition.Text()
				if r.Sort != "" {
					got += " " + string(r.Sort)
				}
				for _, v := range r.Values {
					got += " " + v.Text()
				}
			}
		}
		if got != test.want {
			t.Errorf("%s:\n got %s\nwant %s", test.text, got, test.want)
		}
	}
	k, err := scope(t).KeyCondition(":s = #pk AND begins_with(#n, :te)")
	if err != nil || !slices.Equal(k.TopLevelNames(), []string{"pk", "title"}) {
		t.Errorf("%v", err)
	}
}
