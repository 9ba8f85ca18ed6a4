using SecureStation.Core;
using SecureStation.Core.Keys;
using SecureStation.Core.Messages;
using SecureStation.Core.Sessions;
using SecureStation.Core.Trust;

namespace SecureStation.Commands;

// To many at once: one result for each message and receiver, written as it is known.
public sealed partial class SendStationMessageCommand
{
    private readonly SendFan _fan = new();
    private readonly Dictionary<StationSession, SendLane> _lanes = [];
    private List<SendLane> _members = [];

    private void BeginGroups()
    {
        var store = new FileTrustStore(TrustStore is null ? FileTrustStore.DefaultDirectory : PathResolver.Unresolved(this, TrustStore));
        string[] groups = [.. Group.Select(PeerGroups.Normalize)];
        PeerRecord[] members = [.. store.List().Where(record => record.Groups.Any(groups.Contains))];
        if (members.Length == 0)
        {
            throw new StationException(StationFault.NotFound, $"No peer in the trust store is in {string.Join(", ", groups)}: Set-StationPeer <name> -Group {groups[0]}.");
        }

        ILookup<Fingerprint?, StationSession> open = StationRegistry.Current.Sessions
            .Where(static session => session.State is StationSessionState.Open or StationSessionState.Reconnecting)
            .ToLookup(static session => session.RemotePublicKey?.Fingerprint);
        _members = [.. members.Select(member => CreateLane(member.Name, open[member.Fingerprint].LastOrDefault()))];
    }

    private void SendToMany()
    {
        if (!TryMakeMessage(inReplyTo: 0, out OutgoingMessage? message))
        {
            return;
        }

        IReadOnlyList<SendLane> lanes = ParameterSetName == GroupSet ? _members : [.. Session.Distinct().Select(LaneOf)];
        _fan.Send(message, lanes);
        WriteResults();

        // Who is as slow as the slowest waits for nobody; who is faster than all waits for the fastest.
        while (ParameterSetName != PipedSet && !lanes.Any(static lane => lane.IsReady) && _fan.IsBusy)
        {
            AwaitResult();
        }
    }

    private void EndMany()
    {
        while (_fan.IsBusy)
        {
            AwaitResult();
        }

        WriteResults();
    }

    private void AwaitResult()
    {
        Await(_fan.WaitAsync(_cancel.Token), _cancel, Deadline.After(Deadline.Infinite), "Nothing became of what was sent");
        WriteResults();
    }

    private void WriteResults()
    {
        while (_fan.TryTake(out StationSendResult? result))
        {
            if (result!.Error is { } error)
            {
                WriteFailure(error, result);
            }

            WriteObject(result);
        }
    }

    private SendLane LaneOf(StationSession session)
    {
        if (!_lanes.TryGetValue(session, out SendLane? lane))
        {
            _lanes[session] = lane = CreateLane(session.PeerName ?? session.RemoteFingerprint ?? session.RemoteAddress, session);
        }

        return lane;
    }

    private SendLane CreateLane(string peer, StationSession? session) =>
        new(peer, session, Deadline.After(TimeoutSec).Remaining, awaitsDelivery: Wait || Receipt, _cancel.Token);
}
