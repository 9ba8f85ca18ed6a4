BeforeDiscovery { . $PSScriptRoot/Setup.ps1 }

BeforeAll { . $PSScriptRoot/NotarySetup.ps1 }

Describe 'examples/Notary' {
    It 'notarises a folder, and tests it again later' {
        $folder = New-TestDocument a.txt, b.txt
        (& $root/examples/Notary/Notarise-Folder.ps1 $folder).IsValid | Should -Be $true, $true
        Set-Content $folder/c.txt new
        Add-Content $folder/a.txt '!'
        (& $root/examples/Notary/Notarise-Folder.ps1 $folder).IsValid | Should -Be $false, $true, $true
        Test-StationNotaryLog -Path "$folder.notary.log" | Should -BeTrue
    }

    It 'runs the three parties, old and new' -Skip:(-not $hasLegacy) {
        $results = & $root/examples/Notary/Three-Parties.ps1
        $results.IsValid | Should -Be $true, $true, $true, $true
    }
}
