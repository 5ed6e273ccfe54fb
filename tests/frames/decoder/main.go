// What LiveKit's server makes of the messages of a worker, as its own decoder reads them.
//
// Standard input: frames, each as one byte of kind ('b' binary, 't' text), four bytes of length (big-endian) and that many
// bytes. Standard output: for each frame, in order, one line of JSON:
//
//	{"error": "..."}                                     the server drops the connection
//	{"unknown": false, "message": {"ping": {..}}}        what it reads; with every field, and whether there were others
//
// The reading is that of livekit-server 1.13.3, ReadWorkerMessage in pkg/service/wsprotocol.go.
package main

import (
	"bufio"
	"encoding/binary"
	"encoding/json"
	"errors"
	"io"
	"os"

	"github.com/livekit/protocol/livekit"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
)

const mostBytes = 16 << 20

type answer struct {
	Error   string          `json:"error,omitempty"`
	Unknown bool            `json:"unknown"`
	Message json.RawMessage `json:"message,omitempty"`
}

func main() {
	in, out := bufio.NewReaderSize(os.Stdin, 1<<20), bufio.NewWriterSize(os.Stdout, 1<<20)
	lines := json.NewEncoder(out)
	for {
		kind, frame, err := next(in)
		if errors.Is(err, io.EOF) {
			break
		}
		if err == nil {
			err = lines.Encode(read(kind, frame))
		}
		// Whoever asks waits for what it has asked so far.
		if err == nil && in.Buffered() == 0 {
			err = out.Flush()
		}
		if err != nil {
			os.Stderr.WriteString(err.Error() + "\n")
			os.Exit(1)
		}
	}
	out.Flush()
}

func next(in *bufio.Reader) (byte, []byte, error) {
	kind, err := in.ReadByte()
	if err != nil {
		return 0, nil, err
	}
	var size uint32
	if err := binary.Read(in, binary.BigEndian, &size); err != nil {
		return 0, nil, err
	}
	if size > mostBytes {
		return 0, nil, errors.New("a frame of too many bytes")
	}
	frame := make([]byte, size)
	_, err = io.ReadFull(in, frame)
	return kind, frame, err
}

func read(kind byte, frame []byte) answer {
	message := &livekit.WorkerMessage{}
	var err error
	if kind == 't' {
		err = protojson.UnmarshalOptions{AllowPartial: true, DiscardUnknown: true}.Unmarshal(frame, message)
	} else {
		err = proto.Unmarshal(frame, message)
	}
	if err != nil {
		return answer{Error: err.Error()}
	}
	text, err := protojson.MarshalOptions{AllowPartial: true, EmitUnpopulated: true}.Marshal(message)
	if err != nil {
		return answer{Error: "not to be shown: " + err.Error()}
	}
	return answer{Unknown: hasUnknown(message.ProtoReflect()), Message: text}
}

func hasUnknown(message protoreflect.Message) bool {
	found := len(message.GetUnknown()) > 0
	message.Range(func(field protoreflect.FieldDescriptor, value protoreflect.Value) bool {
		switch {
		case found || field.Message() == nil:
		case field.IsMap():
			if field.MapValue().Message() != nil {
				value.Map().Range(func(_ protoreflect.MapKey, entry protoreflect.Value) bool {
					found = found || hasUnknown(entry.Message())
					return !found
				})
			}
		case field.IsList():
			for index := range value.List().Len() {
				found = found || hasUnknown(value.List().Get(index).Message())
			}
		default:
			found = hasUnknown(value.Message())
		}
		return !found
	})
	return found
}
