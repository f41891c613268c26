/* The one function of Windows' own bcryptprimitives.dll that Rust's standard library calls; Wine has it from version 9 on. */

__declspec(dllimport) unsigned char __stdcall SystemFunction036(void *to, unsigned long length);

__declspec(dllexport) int __stdcall ProcessPrng(unsigned char *to, unsigned long long length) {
    const unsigned long most = 0x10000000;
    while (length > 0) {
        unsigned long part = length > most ? most : (unsigned long)length;
        if (!SystemFunction036(to, part)) {
            return 0;
        }
        to += part;
        length -= part;
    }
    return 1;
}
