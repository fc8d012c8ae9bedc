"""Objects written as they come into being: in memory there is never more than one piece of them."""

from collections.abc import Iterable, Iterator
from io import BytesIO
from itertools import chain

from imchat import aws

# S3 takes 10,000 pieces of at least 5 MiB: 78 GB.
_PIECE = 8 * 1024 * 1024


def put(bucket: str, key: str, chunks: Iterable[bytes], content_type: str = "application/octet-stream") -> None:
    """Write one object; all of it or, where ``chunks`` or S3 fail, none."""
    s3, place = aws.client("s3"), {"Bucket": bucket, "Key": key}
    pieces = _pieces(chunks)
    first = next(pieces)
    if first.getbuffer().nbytes < _PIECE:
        s3.put_object(**place, Body=first, ContentType=content_type)
        return
    upload = s3.create_multipart_upload(**place, ContentType=content_type)["UploadId"]
    try:
        etags = []
        for number, piece in enumerate(chain((first,), pieces), start=1):
            etags.append(s3.upload_part(**place, UploadId=upload, PartNumber=number, Body=piece)["ETag"])
        parts = [{"ETag": etag, "PartNumber": number} for number, etag in enumerate(etags, start=1)]
        s3.complete_multipart_upload(**place, UploadId=upload, MultipartUpload={"Parts": parts})
    except BaseException:
        s3.abort_multipart_upload(**place, UploadId=upload)
        raise


def _pieces(chunks: Iterable[bytes]) -> Iterator[BytesIO]:
    """All in the same memory: one has been sent when the next is asked for. botocore sends a file from where it lies;
    of bytes that can change it would make a copy."""
    piece = BytesIO()
    for chunk in chunks:
        if piece.tell() >= _PIECE:
            piece.seek(0)
            yield piece
            piece.seek(0)
            piece.truncate()
        piece.write(chunk)
    piece.seek(0)
    yield piece
