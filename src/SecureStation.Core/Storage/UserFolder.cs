namespace SecureStation.Core.Storage;

/// <summary>Where this user's SecureStation files are.</summary>
internal static class UserFolder
{
    /// <summary>
    /// <c>SecureStation/NAME</c> in the platform's per-user configuration folder: <c>$XDG_CONFIG_HOME</c> or <c>~/.config</c> on Linux,
    /// <c>~/Library/Application Support</c> on macOS, <c>%APPDATA%</c> on Windows. Nothing is created by asking.
    /// </summary>
    /// <exception cref="StationException"><see cref="StationFault.NotFound"/>: the platform names none, as where HOME is not set.</exception>
    public static string Path(string name)
    {
        string configuration = Environment.GetFolderPath(Environment.SpecialFolder.ApplicationData, Environment.SpecialFolderOption.DoNotVerify);
        return configuration.Length > 0
            ? System.IO.Path.Combine(configuration, "SecureStation", name)
            : throw new StationException(
                StationFault.NotFound,
                "This user has no configuration folder (is HOME set?); name the store's directory explicitly.");
    }
}
