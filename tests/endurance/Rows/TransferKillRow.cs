using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using SecureStation.Core;
using SecureStation.Core.Connecting;
using SecureStation.Core.Keys;
using SecureStation.Core.Keys.Files;
using SecureStation.Core.Listening;
using SecureStation.Core.Sessions;
using SecureStation.Core.Transfers;
using SecureStation.Core.Trust;

namespace SecureStation.Endurance.Rows;

/// <summary>
/// A file that goes from one process to another, while now the sender and now the receiver is killed -9: under its name there is nothing or all of it, what
/// came is gone on with, and in the end its content is the same.
/// </summary>
internal sealed class TransferKillRow() : StationRow("transfers", "kills -9 of sender or receiver of a file", 200, 20, "under its name nothing or all; content equal", 180)
{
    private const int Length = 48 * 1024 * 1024;
    private const string FileName = "a file.bin";

    public override async Task<RowOutcome> RunAsync(RowContext context)
    {
        string source = Path.Combine(context.Folder, FileName);
        string folder = Directory.CreateDirectory(Path.Combine(context.Folder, "in")).FullName;
        string target = Path.Combine(folder, FileName);
        int kills = 0, files = 0, parts = 0;
        long skipped = 0;
        while (kills < context.Count || files == 0)
        {
            byte[] hash = WriteSource(source, context.Random);
            bool isThere = false;
            while (!isThere)
            {
                // The last attempt is left alone, so that each file arrives once.
                bool isKilled = kills < context.Count && context.Random.Next(6) > 0;
                long? said = await TryAsync(context, source, folder, isKilled);
                kills += isKilled && said is null ? 1 : 0;
                skipped += said ?? 0;
                string[] there = [.. Directory.EnumerateFiles(folder).Select(static file => Path.GetFileName(file)!)];
                isThere = there.Contains(FileName);
                if (there.Length > 1 || (isThere && !(await HashAsync(target, context.Token)).AsSpan().SequenceEqual(hash)))
                {
                    return new RowOutcome(kills, $"broken after {kills} kills", Passed: false, $"There is: {string.Join(", ", there)}.");
                }

                parts += there.Length == 1 && !isThere ? 1 : 0;
                if (said is not null && !isThere)
                {
                    return new RowOutcome(kills, $"broken after {kills} kills", Passed: false, "The sender said that the file is there, and it is not.");
                }
            }

            files++;
            File.Delete(target);
        }

        return new RowOutcome(
            kills,
            $"{kills} kills left {parts} parts, {files} files equal, {skipped / 1024 / 1024:N0} MiB not sent again",
            Passed: parts > 0 && skipped > 0);
    }

    /// <summary>One attempt. What the sender said that it skipped, where it said that the file is there; null where it was killed or its peer was.</summary>
    private static async Task<long?> TryAsync(RowContext context, string source, string folder, bool isKilled)
    {
        using Process receiver = OwnProcess.Start("child", "file-receiver", context.Folder, folder);
        string? listens = await receiver.StandardOutput.ReadLineAsync(context.Token);
        using Process sender = OwnProcess.Start("child", "file-sender", context.Folder, source, listens ?? throw new InvalidOperationException(await receiver.StandardError.ReadToEndAsync(context.Token)));
        try
        {
            // It says that it begins, and then how much of the file was there already when all of it is.
            await sender.StandardOutput.ReadLineAsync(context.Token);
            if (isKilled)
            {
                await UntilSomeCameAsync(context, folder, sender);
                (context.Random.Next(2) == 0 ? sender : receiver).Kill();
            }

            string? said = await sender.StandardOutput.ReadLineAsync(context.Token);
            return long.TryParse(said, CultureInfo.InvariantCulture, out long skipped) ? skipped
                : isKilled ? null
                : throw new InvalidOperationException($"A transfer that nobody touched failed: {said} {await sender.StandardError.ReadToEndAsync(context.Token)}");
        }
        finally
        {
            foreach (Process process in (Process[])[sender, receiver])
            {
                process.Kill();
                await process.WaitForExitAsync(CancellationToken.None);
            }
        }
    }

    // Anywhere from where the part is now to the very end, so that some are killed while the whole gets its name.
    private static async Task UntilSomeCameAsync(RowContext context, string folder, Process sender)
    {
        long wanted = Math.Min(Length, context.Random.NextInt64(Size(folder), Length + 200_000));
        while (Size(folder) < wanted && !sender.HasExited)
        {
            await Task.Delay(1, context.Token);
        }
    }

    private static long Size(string folder) => new DirectoryInfo(folder).EnumerateFiles().Sum(static file => file.Length);

    /// <summary>The child that takes files: <c>child file-receiver KEYS FOLDER</c>.</summary>
    public static async Task<int> ReceiveAsync(string[] arguments)
    {
        await using var listener = StationListener.Start(new StationListenerOptions
        {
            Trust = new ListenerTrust { Mode = TrustMode.Any },
            ReceiveFiles = new FileReceiverOptions { Folder = arguments[1] },

            // A sender that has only just begun may be slow on a busy machine.
            Limits = StationLimits.Default with { HandshakeTimeout = TimeSpan.FromSeconds(60), FirstMessageTimeout = TimeSpan.FromSeconds(60) },
        });
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{listener.Port} {listener.PublicKey.Fingerprint}"));
        await Task.Delay(Timeout.Infinite);
        return 0;
    }

    /// <summary>The child that sends one: <c>child file-sender KEYS FILE "PORT FINGERPRINT"</c>. Its identity is the same each time, as a part file is its sender's.</summary>
    public static async Task<int> SendAsync(string[] arguments)
    {
        string[] listens = arguments[2].Split(' ');
        var store = new KeyStore(Path.Combine(arguments[0], "keys"));
        using StationKeyPair key = store.Contains("sender") ? store.Load("sender") : store.Save("sender", StationKeyPair.Generate());
        await using StationSession session = await StationClient.ConnectAsync(new StationClientOptions
        {
            Host = "127.0.0.1",
            Port = int.Parse(listens[0], CultureInfo.InvariantCulture),
            KeyPair = key,
            Trust = new ClientTrust { ExpectedFingerprint = Fingerprint.Parse(listens[1]) },
            Limits = StationLimits.Default with { HandshakeTimeout = TimeSpan.FromSeconds(60) },
        });
        Console.WriteLine("begins");
        StationTransfer transfer = FileSender.Start(session, arguments[1]);
        await transfer.WaitAsync();
        Console.WriteLine(transfer.State == TransferState.Completed ? transfer.BytesSkipped.ToString(CultureInfo.InvariantCulture) : $"failed: {transfer.Error?.Message}");
        return 0;
    }

    private static byte[] WriteSource(string path, Random random)
    {
        // No two mebibytes are alike, so that none can stand in another's place.
        byte[] content = new byte[Length + random.Next(100_000)];
        random.NextBytes(content);
        File.WriteAllBytes(path, content);
        return SHA256.HashData(content);
    }

    private static async Task<byte[]> HashAsync(string path, CancellationToken token)
    {
        await using FileStream file = File.OpenRead(path);
        return await SHA256.HashDataAsync(file, token);
    }
}
