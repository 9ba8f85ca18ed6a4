using System.Management.Automation;
using SecureStation.Core;
using SecureStation.Core.DiffieHellman;
using SecureStation.Core.Sessions;

namespace SecureStation.Commands;

/// <summary>Receive-DhExchange: takes the secrets of a server's exchanges, or answers exchanges inside a session.</summary>
[Cmdlet(VerbsCommunications.Receive, "DhExchange", DefaultParameterSetName = ServerSet)]
[OutputType(typeof(DhSharedSecret))]
public sealed class ReceiveDhExchangeCommand : DhCmdlet
{
    private const string ServerSet = "Server";
    private const string SessionSet = "Session";

    /// <summary>The server; without it the only one of this process.</summary>
    [Parameter(ParameterSetName = ServerSet, Position = 0, ValueFromPipeline = true)]
    [ValidateNotNull]
    [FromId<DhServer>]
    [ArgumentCompleter(typeof(Completers.RunningCompleter<DhServer>))]
    public DhServer? Server { get; set; }

    /// <summary>The session whose peer invokes the exchange.</summary>
    [Parameter(ParameterSetName = SessionSet, Mandatory = true, ValueFromPipeline = true)]
    [ValidateNotNull]
    [FromId<StationSession>]
    [ArgumentCompleter(typeof(Completers.RunningCompleter<StationSession>))]
    public StationSession? Session { get; set; }

    /// <summary>The parameters that the peer must use; any acceptable ones where none are given.</summary>
    [Parameter(ParameterSetName = SessionSet)]
    [ValidateNotNull]
    public DhParameter? Parameter { get; set; }

    /// <summary>How many exchanges.</summary>
    [Parameter]
    [ValidateRange(1, int.MaxValue)]
    public int Count { get; set; } = 1;

    /// <summary>Goes on until the server is stopped or the session closes, or -Count is reached if it is given.</summary>
    [Parameter]
    public SwitchParameter Wait { get; set; }

    /// <summary>How long the whole call may take; with -Wait, how long nothing may come.</summary>
    [Parameter]
    [ValidateTimeout]
    public double TimeoutSec { get; set; } = Deadline.Infinite;

    /// <inheritdoc/>
    protected override object? ErrorTarget => Server ?? (object?)Session;

    /// <inheritdoc/>
    protected override void ProcessInput()
    {
        if (ParameterSetName == ServerSet)
        {
            Server ??= OnlyServer();
        }

        int count = Wait && !MyInvocation.BoundParameters.ContainsKey(nameof(Count)) ? int.MaxValue : Count;
        Deadline deadline = Deadline.After(TimeoutSec);
        try
        {
            for (int taken = 0; taken < count; taken++)
            {
                DhSharedSecret secret = Take(deadline);
                this.WarnIfWeak(secret.PeerPublicKey?.Parameter);
                WriteObject(secret);
                if (Wait)
                {
                    deadline = Deadline.After(TimeoutSec);
                }
            }
        }
        catch (StationException end) when (Wait && end.Fault == StationFault.SessionClosed)
        {
            // That is what -Wait waits for.
        }
    }

    private static DhServer OnlyServer()
    {
        IReadOnlyList<DhServer> servers = StationRegistry.Current.DhServers;
        return servers.Count switch
        {
            1 => servers[0],
            0 => throw new StationException(StationFault.NotFound, "No Diffie-Hellman server of this process is running.") { Subject = StationSubject.DhServer },
            _ => throw new StationException(StationFault.InvalidArgument, $"There are {servers.Count} Diffie-Hellman servers in this process; say which with -Server."),
        };
    }

    private DhSharedSecret Take(Deadline deadline)
    {
        const string Nothing = "No exchange came";
        if (Server is not null)
        {
            return Server.TryReceive(out DhSharedSecret? waiting) ? waiting : Await(Server.ReceiveAsync, deadline, Nothing);
        }

        return Await(
            token => new DhSessionExchange(Session!, Policy).AnswerAsync(Parameter, token),
            deadline,
            Nothing,
            abandoned: late => late.Dispose());
    }
}
