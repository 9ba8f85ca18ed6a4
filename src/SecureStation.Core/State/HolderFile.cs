using System.Globalization;
using System.Text;
using SecureStation.Core.Storage;

namespace SecureStation.Core.State;

/// <summary>
/// The file beside a state that says which process uses it, for errors alone: what keeps others out is SQLite's lock. It begins with words of its own; a
/// file of that name without them is somebody else's, and is neither read nor written.
/// </summary>
internal sealed class HolderFile(string state)
{
    private const string Beginning = "SecureStation state, in use by process ";
    private const int MaxLength = 128;

    private readonly string _path = state + ".pid";

    /// <summary>Says that this process uses the state. Whoever calls has SQLite's lock, so nobody else writes.</summary>
    public void Write()
    {
        try
        {
            var options = new FileStreamOptions { Mode = IsThere ? FileMode.Truncate : FileMode.CreateNew, Access = FileAccess.Write };
            if (options.Mode == FileMode.Truncate && !IsOurs)
            {
                return;
            }

            if (!OperatingSystem.IsWindows() && options.Mode == FileMode.CreateNew)
            {
                options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            }

            using FileStream file = new(_path, options);
            file.Write(Encoding.ASCII.GetBytes(Beginning + Environment.ProcessId.ToString(CultureInfo.InvariantCulture) + "\n"));
        }
        catch (Exception e) when (StorageErrors.IsStorageError(e))
        {
            // The error of the next process says less.
        }
    }

    /// <summary>Who uses the state, as an error says it.</summary>
    public string Describe() => Read() is { } text && int.TryParse(text.AsSpan(Beginning.Length).Trim(), CultureInfo.InvariantCulture, out int process) ? $"process {process}" : "another process";

    /// <summary>Removes it, where it is ours.</summary>
    public void Delete()
    {
        try
        {
            if (IsThere && IsOurs)
            {
                File.Delete(_path);
            }
        }
        catch (Exception e) when (StorageErrors.IsStorageError(e))
        {
            // It says who has the state; SQLite knows better.
        }
    }

    // A link is as little ours as where it leads to.
    private bool IsThere => new FileInfo(_path) is var file && (file.Exists || file.LinkTarget is not null || Directory.Exists(_path));

    private bool IsOurs => new FileInfo(_path).LinkTarget is null && Read() is not null;

    private string? Read()
    {
        try
        {
            using FileStream file = RegularFile.OpenRead(_path);
            Span<byte> start = stackalloc byte[MaxLength];
            string text = Encoding.ASCII.GetString(start[..file.ReadAtLeast(start, MaxLength, throwOnEndOfStream: false)]);
            return text.StartsWith(Beginning, StringComparison.Ordinal) ? text : null;
        }
        catch (Exception e) when (StorageErrors.IsStorageError(e))
        {
            return null;
        }
    }
}
