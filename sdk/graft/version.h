/* The SDK's version, and the oldest host that a plugin is built for. Plain C. */
#pragma once

#define GRAFT_SDK 101 /* 1.1: what crosses is append-only within 1; what is appended makes it 1.2, 102 */
#define GRAFT_SDK_TEXT "1.1"
#ifndef GRAFT_TARGET /* what hosts of this version and newer understand; what came later is then not declared */
#define GRAFT_TARGET GRAFT_SDK
#endif
#if GRAFT_TARGET < 100 || GRAFT_TARGET > GRAFT_SDK
#error "GRAFT_TARGET is no version that this SDK can build for: 100 up to GRAFT_SDK"
#endif
