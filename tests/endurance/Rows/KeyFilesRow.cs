using System.Diagnostics;
using System.Runtime.Versioning;
using SecureStation.Core;
using SecureStation.Core.Keys;
using SecureStation.Core.Keys.Files;

namespace SecureStation.Endurance.Rows;

/// <summary>Key files that are open to others, links, pipes, devices, cut at any byte, too long: each its error, at once.</summary>
[UnsupportedOSPlatform("windows")]
internal sealed class KeyFilesRow() : StationRow("key-files", "key files that are not what they should be", 3000, 300, "each refused within 10 s, none taken", 60)
{
    public override string? LeftOut => OperatingSystem.IsWindows() ? "modes, links and pipes are Unix's" : null;

    public override Task<RowOutcome> RunAsync(RowContext context)
    {
        string folder = Path.Combine(context.Folder, "keys");
        var store = new KeyStore(folder);
        using StationKeyPair key = StationKeyPair.Generate();
        store.Save("good", key);
        string path = Path.Combine(folder, "good.pem");
        byte[] good = File.ReadAllBytes(path);
        int refused = 0;
        double longest = 0;
        for (int i = 0; i < context.Count; i++)
        {
            context.Token.ThrowIfCancellationRequested();
            File.Delete(path);
            Make(path, good, i, context);
            long began = Stopwatch.GetTimestamp();
            try
            {
                store.Load("good").Dispose();
            }
            catch (StationException)
            {
                refused++;
            }

            longest = Math.Max(longest, Stopwatch.GetElapsedTime(began).TotalSeconds);
        }

        File.Delete(path);
        File.WriteAllBytes(path, good);
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        using StationKeyPair again = store.Load("good");
        return Task.FromResult(new RowOutcome(context.Count, $"{refused} refused, the slowest in {longest:0.0} s", refused == context.Count && longest < 10 && again.Fingerprint == key.Fingerprint));
    }

    private static void Make(string path, byte[] good, int i, RowContext context)
    {
        const UnixFileMode Owner = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        switch (i % 7)
        {
            case 0:
                File.WriteAllBytes(path, good);
                File.SetUnixFileMode(path, Owner | (i % 2 == 0 ? UnixFileMode.GroupRead : UnixFileMode.OtherWrite));
                return;
            case 1:
                string target = Path.Combine(context.Folder, "target.pem");
                File.WriteAllBytes(target, good);
                File.SetUnixFileMode(target, Owner);
                File.CreateSymbolicLink(path, target);
                return;
            case 2:
                Process.Start("mkfifo", path).WaitForExit();
                return;
            case 3:
                File.CreateSymbolicLink(path, "/dev/zero");
                return;
            case 4:
                // The last line feed may be missing.
                Write(path, good[..context.Random.Next(good.Length - 1)]);
                return;
            case 5:
                byte[] changed = [.. good];
                int start = good.AsSpan().IndexOf((byte)'\n') + 1;
                changed[start + context.Random.Next(8)] = (byte)'!';
                Write(path, changed);
                return;
            default:
                Write(path, [.. good, .. new byte[64 * 1024]]);
                return;
        }
    }

    private static void Write(string path, byte[] content)
    {
        File.WriteAllBytes(path, content);
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }
}
