using System.Management.Automation;
using SecureStation.Core;

namespace SecureStation;

/// <summary>-Path and -LiteralPath, by PowerShell's rules: current location, drives, wildcards.</summary>
internal static class PathResolver
{
    private const string FileSystem = "FileSystem";

    /// <summary>The files that exist and match -Path (with wildcards) or -LiteralPath.</summary>
    /// <exception cref="StationException"><see cref="StationFault.NotFound"/> or <see cref="StationFault.InvalidArgument"/>.</exception>
    public static IReadOnlyList<string> Existing(PSCmdlet cmdlet, string path, bool isLiteral)
    {
        if (isLiteral)
        {
            string file = Unresolved(cmdlet, path);
            return File.Exists(file) ? [file] : throw NotFound(path, null);
        }

        try
        {
            var files = cmdlet.GetResolvedProviderPathFromPSPath(path, out ProviderInfo provider);
            RequireFileSystem(provider, path);
            return files.Count > 0 ? files : throw NotFound(path, null);
        }
        catch (Exception failure) when (failure is ItemNotFoundException or System.Management.Automation.DriveNotFoundException or ProviderNotFoundException)
        {
            throw NotFound(path, failure);
        }
    }

    /// <summary>Where a file is or is to be: no wildcards, and nothing need exist.</summary>
    /// <exception cref="StationException"><see cref="StationFault.NotFound"/> or <see cref="StationFault.InvalidArgument"/>.</exception>
    public static string Unresolved(PSCmdlet cmdlet, string path)
    {
        try
        {
            string file = cmdlet.SessionState.Path.GetUnresolvedProviderPathFromPSPath(path, out ProviderInfo provider, out _);
            RequireFileSystem(provider, path);
            return file;
        }
        catch (Exception failure) when (failure is System.Management.Automation.DriveNotFoundException or ProviderNotFoundException)
        {
            throw NotFound(path, failure);
        }
    }

    /// <summary>A folder that exists: -DestinationPath and the like, in which wildcards mean something only where they fit one folder.</summary>
    /// <exception cref="StationException"><see cref="StationFault.NotFound"/> or <see cref="StationFault.InvalidArgument"/>.</exception>
    public static string Folder(PSCmdlet cmdlet, string path, bool isLiteral)
    {
        string folder = Unresolved(cmdlet, path);
        if (!isLiteral && !Directory.Exists(folder) && WildcardPattern.ContainsWildcardCharacters(path))
        {
            IReadOnlyList<string> found = [.. Existing(cmdlet, path, isLiteral: false).Where(Directory.Exists)];
            folder = found.Count == 1 ? found[0]
                : throw new StationException(StationFault.InvalidArgument, $"'{path}' fits {found.Count} folders; one is needed.");
        }

        return Directory.Exists(folder) ? folder : throw new StationException(StationFault.NotFound, $"There is no folder '{folder}'.") { Subject = StationSubject.Folder };
    }

    private static void RequireFileSystem(ProviderInfo provider, string path)
    {
        if (!string.Equals(provider.Name, FileSystem, StringComparison.OrdinalIgnoreCase))
        {
            throw new StationException(StationFault.InvalidArgument, $"'{path}' is a path of the provider {provider.Name}; a file is needed.");
        }
    }

    private static StationException NotFound(string path, Exception? cause) =>
        new(StationFault.NotFound, $"There is no file '{path}'.", cause) { Subject = StationSubject.File };
}
