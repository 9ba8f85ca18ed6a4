<#
.SYNOPSIS
Makes SecureStation.<version>.nupkg of ./bin as it is built, the help and the documents; the same files give the same bytes.
.DESCRIPTION
A .nupkg is a zip with a .nuspec, a list of content types and a relation to the .nuspec (OPC). Publish-PSResource makes one too, but with
the times of the day and a random name in it, so this zip is ours: entries in order, all of one time.
.PARAMETER OutputFolder
Where it goes; ./out by default.
.OUTPUTS
The file.
#>
[CmdletBinding()]
[OutputType([IO.FileInfo])]
param([string] $OutputFolder)

$ErrorActionPreference = 'Stop'
$PSNativeCommandUseErrorActionPreference = $true
$root = [IO.Path]::GetFullPath([IO.Path]::Combine($PSScriptRoot, '..', '..'))
$OutputFolder = $OutputFolder ? $PSCmdlet.GetUnresolvedProviderPathFromPSPath($OutputFolder) : (Join-Path $root out)
$manifest = Import-PowerShellDataFile -LiteralPath (Join-Path $root SecureStation.psd1)

# What CycloneDX finds that the module depends on. It writes the time, which would make each package another one.
function New-MaterialsBill([string] $File) {
    $tool = dotnet msbuild (Join-Path $PSScriptRoot Package.csproj) -getProperty:CycloneDXTool | Select-Object -Last 1
    if (-not (Test-Path -LiteralPath $tool)) { throw "CycloneDX is not at '$tool': run dotnet restore." }
    $said = dotnet $tool (Join-Path $root src SecureStation.PowerShell SecureStation.PowerShell.csproj) --output (Split-Path $File) --filename (Split-Path -Leaf $File) `
        --output-format Json --no-serial-number --disable-package-restore --set-name SecureStation --set-version $manifest.ModuleVersion --set-type Library `
        --exclude-filter PowerShellStandard.Library
    if (-not (Test-Path -LiteralPath $File)) { throw "CycloneDX wrote nothing: $said" }
    [IO.File]::WriteAllText($File, ((Get-Content -Raw -LiteralPath $File) -replace '\s*"timestamp": "[^"]*",' -replace "`r`n", "`n"))
}

# PSResourceGet finds a module's kind and commands by its tags.
function New-NuSpec([string] $File) {
    $data = $manifest.PrivateData.PSData
    $tags = $data.Tags + 'PSModule' + 'PSIncludes_Cmdlet' + $manifest.CmdletsToExport.ForEach{ "PSCmdlet_$_"; "PSCommand_$_" }
    $metadata = [ordered]@{
        id = 'SecureStation'; version = $manifest.ModuleVersion; authors = $manifest.Author; owners = $manifest.CompanyName
        requireLicenseAcceptance = 'false'; licenseUrl = $data.LicenseUri; projectUrl = $data.ProjectUri; description = $manifest.Description
        releaseNotes = $data.ReleaseNotes; copyright = $manifest.Copyright; tags = $tags -join ' '
    }
    $lines = $metadata.GetEnumerator().ForEach{ '    <{0}>{1}</{0}>' -f $_.Key, [Security.SecurityElement]::Escape($_.Value) }
    [IO.File]::WriteAllText($File, (@('<?xml version="1.0" encoding="utf-8"?>', '<package xmlns="http://schemas.microsoft.com/packaging/2011/08/nuspec.xsd">', '  <metadata>') +
            $lines + '  </metadata>' + '</package>' + '' -join "`n"))
}

$work = [IO.Directory]::CreateTempSubdirectory('station-package-').FullName
try {
    $content = [Collections.Generic.SortedDictionary[string, string]]::new([StringComparer]::Ordinal)
    foreach ($name in 'SecureStation.psd1', 'LICENSE', 'README.md', 'CHANGELOG.md', 'SECURITY.md', 'bin', 'en-US', 'docs/protocol') {
        Get-Item -LiteralPath (Join-Path $root $name) | ForEach-Object { $_.PSIsContainer ? (Get-ChildItem -LiteralPath $_ -Recurse -File) : $_ } |
            Where-Object Extension -NE .pdb |
            ForEach-Object { $content[[IO.Path]::GetRelativePath($root, $_.FullName).Replace('\', '/')] = $_.FullName }
    }

    $content['sbom.cdx.json'] = Join-Path $work sbom.cdx.json
    New-MaterialsBill $content['sbom.cdx.json']
    $content['SecureStation.nuspec'] = Join-Path $work SecureStation.nuspec
    New-NuSpec $content['SecureStation.nuspec']

    $extensions = $content.Keys.ForEach{ [IO.Path]::GetExtension($_).TrimStart('.') }.Where{ $_ } + 'rels' | Sort-Object -Unique
    $types = $extensions.ForEach{ '<Default Extension="{0}" ContentType="{1}" />' -f $_, ($_ -eq 'rels' ? 'application/vnd.openxmlformats-package.relationships+xml' : 'application/octet') }
    $content['[Content_Types].xml'] = Join-Path $work types.xml
    Set-Content -NoNewline -LiteralPath $content['[Content_Types].xml'] ('<?xml version="1.0" encoding="utf-8"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">{0}<Override PartName="/LICENSE" ContentType="application/octet" /></Types>' -f -join $types)
    $content['_rels/.rels'] = Join-Path $work rels.xml
    Set-Content -NoNewline -LiteralPath $content['_rels/.rels'] ('<?xml version="1.0" encoding="utf-8"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">' +
        '<Relationship Type="http://schemas.microsoft.com/packaging/2010/07/manifest" Target="/SecureStation.nuspec" Id="manifest" /></Relationships>')

    $null = New-Item -ItemType Directory -Force $OutputFolder
    $package = Join-Path $OutputFolder "SecureStation.$($manifest.ModuleVersion).nupkg"
    $zip = [IO.Compression.ZipArchive]::new([IO.File]::Create($package), 'Create')
    try {
        foreach ($name in $content.Keys) {
            $entry = $zip.CreateEntry($name, 'SmallestSize')
            $entry.LastWriteTime = [DateTimeOffset]::new(1980, 1, 1, 0, 0, 0, [TimeSpan]::Zero)
            $entry.ExternalAttributes = 0x81a4 -shl 16
            $from, $to = [IO.File]::OpenRead($content[$name]), $entry.Open()
            try { $from.CopyTo($to) } finally { $to.Dispose(); $from.Dispose() }
        }
    } finally {
        $zip.Dispose()
    }
    Get-Item -LiteralPath $package
} finally {
    Remove-Item -Recurse -Force -LiteralPath $work
}
