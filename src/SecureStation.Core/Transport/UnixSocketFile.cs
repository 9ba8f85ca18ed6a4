using System.Net;
using System.Net.Sockets;
using Microsoft.Win32.SafeHandles;
using SecureStation.Core.Interop;

namespace SecureStation.Core.Transport;

/// <summary>
/// The file of a listening Unix socket, by which others find it: for its owner alone from the first moment, and removed by who put it there.
/// </summary>
/// <remarks>
/// A process that is killed leaves its file behind, and nobody can bind to a name that exists. So whoever finds a socket of its own user at
/// which nobody listens removes it. Two who come to that at once would each take the other's away; therefore all of it happens under a lock of
/// the folder (flock of the folder itself: nothing is left behind, and the system releases the lock of whoever dies).
/// </remarks>
internal sealed class UnixSocketFile
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(10);

    private readonly string _path;
    private readonly UnixFileStatus? _status;

    private UnixSocketFile(string path, UnixFileStatus? status)
    {
        _path = path;
        _status = status;
    }

    /// <summary>Binds a socket to a path and lets it listen.</summary>
    /// <exception cref="IOException">Something is there that may not be removed, or there is no such folder.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder may not be read.</exception>
    /// <exception cref="SocketException">The system refuses.</exception>
    public static UnixSocketFile Bind(Socket socket, string path, int backlog)
    {
        string folder = Path.GetDirectoryName(path)!;
        if (!Directory.Exists(folder))
        {
            throw new IOException($"there is no folder '{folder}'.");
        }

        if (OperatingSystem.IsWindows())
        {
            // Whoever may use the folder may use the socket; a socket is a reparse point there.
            RemoveStale(path, File.Exists(path), isSocket: File.Exists(path) && File.GetAttributes(path).HasFlag(FileAttributes.ReparsePoint), isMine: true);
            socket.Bind(new KeptEndPoint(path));
            socket.Listen(backlog);
            return new UnixSocketFile(path, status: null);
        }

        using SafeFileHandle held = UnixFile.Lock(folder, s_patience);
        UnixFileStatus? there = UnixFile.StatusOf(path);
        RemoveStale(path, there is not null, there?.Type == UnixFileType.Socket, there?.Owner == UnixFile.EffectiveUser);

        // Linux gives the file the mode of the socket. Elsewhere it is set before the socket listens: until then a connection is refused.
        using (var handle = new SafeFileHandle(socket.Handle, ownsHandle: false))
        {
            File.SetUnixFileMode(handle, OwnerOnly);
        }

        socket.Bind(new KeptEndPoint(path));
        UnixFileStatus status = UnixFile.StatusOf(path) ?? throw new IOException("its file was removed by somebody else.");
        if (status.Mode != OwnerOnly)
        {
            File.SetUnixFileMode(path, OwnerOnly);
        }

        socket.Listen(backlog);
        return new UnixSocketFile(path, status);
    }

    /// <summary>Removes the file, unless another has taken its place. Call it while the socket is open, so that its number is nobody else's.</summary>
    public void Remove()
    {
        try
        {
            if (OperatingSystem.IsWindows() || (UnixFile.StatusOf(_path) is { } now && _status is { } mine && now.Identity == mine.Identity))
            {
                File.Delete(_path);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It stays, and the next listener removes it.
        }
    }

    private static void RemoveStale(string path, bool exists, bool isSocket, bool isMine)
    {
        if (!exists)
        {
            return;
        }

        if (!isSocket)
        {
            throw new IOException("there is a file already that is no socket.");
        }

        if (!isMine)
        {
            throw new IOException("there is a socket of another user already.");
        }

        if (!IsDead(path))
        {
            throw new IOException("somebody listens there already.");
        }

        File.Delete(path);
    }

    /// <summary>Whether nobody listens. Only a refusal says so; with a full queue, or another kind of socket, connecting fails otherwise.</summary>
    private static bool IsDead(string path)
    {
        using var probe = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified) { Blocking = false };
        try
        {
            probe.Connect(new UnixDomainSocketEndPoint(path));
            return false;
        }
        catch (SocketException e)
        {
            return e.SocketErrorCode == SocketError.ConnectionRefused;
        }
    }

    /// <summary>
    /// A path to bind to whose file .NET leaves alone: it would delete what has that name when the socket is disposed of, whoever's it is by then.
    /// </summary>
    private sealed class KeptEndPoint(string path) : EndPoint
    {
        private readonly UnixDomainSocketEndPoint _endPoint = new(path);

        public override AddressFamily AddressFamily => AddressFamily.Unix;

        public override SocketAddress Serialize() => _endPoint.Serialize();

        public override EndPoint Create(SocketAddress socketAddress) => _endPoint.Create(socketAddress);
    }
}
