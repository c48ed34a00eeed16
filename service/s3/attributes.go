package s3

import (
	"context"
	"slices"

	"github.com/bailiwick-project/bailiwick"
)

// getObjectAttributes tells what is asked for, and no more.
func (a *API) getObjectAttributes(
	ctx context.Context, call *bailiwick.Call, p *reading[GetObjectAttributesRequest],
) (*GetObjectAttributesOutput, error) {
	in := p.in
	if in.SSECustomerAlgorithm != nil || in.SSECustomerKey != nil {
		return nil, notImplemented("x-amz-server-side-encryption-customer-algorithm")
	}
	for _, name := range in.ObjectAttributes {
		if !slices.Contains([]string{"ETag", "Checksum", "ObjectParts", "StorageClass", "ObjectSize"}, name) {
			return nil, invalidArgument("Invalid attribute name specified.", "x-amz-object-attributes", name)
		}
	}
	if len(in.ObjectAttributes) == 0 {
		return nil, invalidArgument("The x-amz-object-attributes header specifying the attributes to be retrieved is either missing or empty", "x-amz-object-attributes", "")
	}
	o, err := openFor(ctx, a, call, p)
	if err != nil {
		return nil, err
	}
	defer a.close(ctx, o)
	out := &GetObjectAttributesOutput{LastModified: &o.Modified, VersionId: p.version}
	for _, name := range in.ObjectAttributes {
		switch name {
		case "ETag":
			out.ETag = &o.ETag
		case "StorageClass":
			out.StorageClass = shown(standard)
		case "ObjectSize":
			out.ObjectSize = &o.Size
		case "Checksum":
			if o.Sum != nil {
				out.Checksum = &Checksum{ChecksumType: o.Sum.typ()}
				o.Sum.show(&out.Checksum.ChecksumCRC32, &out.Checksum.ChecksumCRC32C, &out.Checksum.ChecksumCRC64NVME, &out.Checksum.ChecksumSHA1, &out.Checksum.ChecksumSHA256)
			}
		case "ObjectParts":
			if out.ObjectParts, err = partsOf(o, in.MaxParts, in.PartNumberMarker); err != nil {
				return nil, err
			}
		}
	}
	return out, nil
}

// partsOf lists the parts of an object that was uploaded in parts, nil for others.
func partsOf(o *opened, maxParts *int32, marker *int32) (*GetObjectAttributesParts, error) {
	if o.Parts == 0 {
		return nil, nil
	}
	limit, after, err := partPage(maxParts, marker)
	if err != nil {
		return nil, err
	}
	total, count, more := int32(len(o.parts)), int32(limit), false
	out := &GetObjectAttributesParts{TotalPartsCount: &total, MaxParts: &count, PartNumberMarker: &after, IsTruncated: &more}
	for i := range o.parts {
		q := &o.parts[i]
		if q.Number <= after {
			continue
		}
		if len(out.Parts) == limit {
			more = true
			break
		}
		entry := ObjectPart{PartNumber: &q.Number, Size: &q.Size}
		q.Sum.show(&entry.ChecksumCRC32, &entry.ChecksumCRC32C, &entry.ChecksumCRC64NVME, &entry.ChecksumSHA1, &entry.ChecksumSHA256)
		out.Parts = append(out.Parts, entry)
		out.NextPartNumberMarker = &q.Number
	}
	return out, nil
}
