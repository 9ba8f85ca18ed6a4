# Everything but the loader lives in one private assembly load context of the process, so that another module's BouncyCastle
# and ours never meet and sessions cross runspaces. The loader lies in the default context; a process has one, whoever came first.
$loader = 'SecureStation.Loader.ModuleLoader' -as [type]
if (-not $loader) {
    $loader = [Reflection.Assembly]::LoadFrom([IO.Path]::Combine($PSScriptRoot, 'SecureStation.Loader.dll')).GetType('SecureStation.Loader.ModuleLoader')
}

try {
    $assembly = $loader::Load($PSScriptRoot)
} catch {
    $cause = $_.Exception.GetBaseException()
    if ($cause.GetType().Name -ne 'ModuleAlreadyLoadedException') { throw }
    $record = [Management.Automation.ErrorRecord]::new($cause, 'ModuleAlreadyLoaded', 'ResourceExists', $cause.Loaded)
    $record.ErrorDetails = [Management.Automation.ErrorDetails]::new($cause.Message)
    $record.ErrorDetails.RecommendedAction = 'Start a new PowerShell session and import the module there.'
    throw $record
}

Microsoft.PowerShell.Core\Import-Module ([IO.Path]::Combine($PSScriptRoot, 'SecureStation.Types.psd1'))
$inner = Microsoft.PowerShell.Core\Import-Module -Assembly $assembly -PassThru

# A second import in the same runspace (Import-Module -Force) takes the inner module from a cache and does not add its cmdlets
# to this module: https://github.com/PowerShell/PowerShell/issues/20710. The method that adds them is not public.
$addExportedCmdlet = [Management.Automation.PSModuleInfo].GetMethod('AddExportedCmdlet', [Reflection.BindingFlags]'Instance, NonPublic')
foreach ($cmdlet in $inner.ExportedCmdlets.Values) {
    $null = $addExportedCmdlet.Invoke($ExecutionContext.SessionState.Module, @(, $cmdlet))
}

# Listeners and sessions belong to the process, not to this runspace: they go on, and the one who removes the module is told.
$initializer = $assembly.GetType('SecureStation.ModuleInitializer')
$ExecutionContext.SessionState.Module.OnRemove = {
    $running = $initializer::DescribeRunning()
    if ($running) { Microsoft.PowerShell.Utility\Write-Warning $running }
}
