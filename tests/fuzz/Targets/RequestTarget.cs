using System.Buffers.Binary;
using SecureStation.Core.Messages;
using SecureStation.Core.Requests;
using SecureStation.Core.Sessions;

namespace SecureStation.Fuzz.Targets;

/// <summary>Messages of the service of requests, each <c>u16 length | head and body</c>, given to a side that has asked twice and answers four calls at once.</summary>
internal sealed class RequestTarget : IFuzzTarget
{
    private const int MaxCalls = 4;
    private const ulong Asked = 2;

    public string Name => "request";

    public IEnumerable<byte[]> Corpus()
    {
        var argument = new RequestValue(StationMessageKind.Text, "what"u8.ToArray());
        yield return Wire(RequestMessages.ToCall("time", argument, 1000), RequestMessages.ToCall("none", null, 1), RequestMessages.ToCredit(1, 5));
        yield return Wire(RequestMessages.ToItem(1, argument), RequestMessages.ToEnd(1), RequestMessages.ToError(2, new RequestFailure(RequestCodes.HandlerFailed, "id", "category", "text")));
        yield return Wire(RequestMessages.ToItem(2, new RequestValue(StationMessageKind.Object, "{}"u8.ToArray())), RequestMessages.ToError(2, new RequestFailure(RequestCodes.Busy)));
    }

    public bool Run(byte[] input)
    {
        var core = new RequestCore(MaxCalls);
        for (ulong call = 1; call <= Asked; call++)
        {
            core.Open(call, 10_000);
        }

        bool any = false;
        ReadOnlySpan<byte> rest = input;
        while (rest.Length >= sizeof(ushort))
        {
            int length = Math.Min(BinaryPrimitives.ReadUInt16BigEndian(rest), rest.Length - sizeof(ushort));
            any |= Take(core, rest.Slice(sizeof(ushort), length));
            rest = rest[(sizeof(ushort) + length)..];
            if (core.TheirCalls > MaxCalls || core.OurCalls > (int)Asked)
            {
                throw new InvalidOperationException($"{core.TheirCalls} calls of theirs, {core.OurCalls} of ours.");
            }
        }

        return any;
    }

    private static bool Take(RequestCore core, ReadOnlySpan<byte> frame)
    {
        MessageStart start = MessageCodec.Read(frame);
        var message = new StationMessage(null!, start.Id, start.InReplyTo, start.Kind, start.Headers, frame[start.BodyOffset..].ToArray());
        RequestEvent happened = message.InReplyTo == 0 ? core.OnMessage(message) : core.OnAnswer(message);
        if (happened.Kind == RequestEventKind.Called && core.TrySpend(message.Id, 1, out bool isOpen) != isOpen)
        {
            throw new InvalidOperationException("A new call has no credit.");
        }

        // What a script is told of the other side's words.
        _ = happened.Failure?.ToException("name").Message;
        return happened.Kind is RequestEventKind.Called or RequestEventKind.Credited or RequestEventKind.Item or RequestEventKind.Ended or RequestEventKind.Failed;
    }

    private static byte[] Wire(params OutgoingMessage[] messages)
    {
        List<byte> wire = [];
        for (int i = 0; i < messages.Length; i++)
        {
            byte[] head = new byte[MessageCodec.Measure(messages[i].Headers)];
            MessageCodec.Write(head, (ulong)i + 1, messages[i]);
            byte[] frame = [.. head, .. messages[i].Body.Span];
            wire.AddRange([(byte)(frame.Length >> 8), (byte)frame.Length, .. frame]);
        }

        return [.. wire];
    }
}
