using System.ComponentModel;
using System.Diagnostics;

namespace SecureStation.Endurance.Rows;

/// <summary>A disk of 1 MiB (tmpfs), which can be filled to the last byte and freed again.</summary>
internal sealed class SmallDisk : IDisposable
{
    private string? _filler;

    /// <summary>Mounts it.</summary>
    /// <param name="folder">Where; it is made.</param>
    public SmallDisk(string folder)
    {
        Folder = Directory.CreateDirectory(folder).FullName;
        Run("mount", "-t", "tmpfs", "-o", "size=1m", "none", Folder);
    }

    public string Folder { get; }

    /// <summary>Why there can be none here; null where there can.</summary>
    public static string? LeftOut { get; } = OperatingSystem.IsLinux() && Environment.UserName == "root" && CanMount() ? null : "it needs root and tmpfs";

    /// <summary>Takes all room that is left.</summary>
    public void Fill()
    {
        _filler = Path.Combine(Folder, "filler");
        using var file = new FileStream(_filler, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
        foreach (int size in (int[])[4096, 1])
        {
            while (TryWrite(file, size))
            {
            }
        }
    }

    /// <summary>Gives the room back.</summary>
    public void Free()
    {
        if (_filler is not null)
        {
            File.Delete(_filler);
            _filler = null;
        }
    }

    public void Dispose() => Run("umount", "-l", Folder);

    /// <summary>Fails the row where something is not as it should be.</summary>
    public static void Require(bool holds, string what)
    {
        if (!holds)
        {
            throw new InvalidOperationException($"Not as it should be: {what}.");
        }
    }

    private static bool TryWrite(FileStream file, int size)
    {
        try
        {
            file.Write(new byte[size]);
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    private static bool CanMount()
    {
        string probe = Directory.CreateTempSubdirectory("endurance-probe-").FullName;
        try
        {
            Run("mount", "-t", "tmpfs", "-o", "size=64k", "none", probe);
            Run("umount", probe);
            return true;
        }
        catch (Exception e) when (e is InvalidOperationException or Win32Exception)
        {
            return false;
        }
        finally
        {
            Directory.Delete(probe);
        }
    }

    private static void Run(string program, params string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        process.WaitForExit();
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"{program}: {process.StandardError.ReadToEnd()}");
        }
    }
}
