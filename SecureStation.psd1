@{
    RootModule        = 'bin/SecureStation.psm1'
    ModuleVersion     = '0.1.0'
    GUID              = '6a2f6c52-6a54-4c53-9f0e-5e7b6a1d7c11'
}
