// How OpenMP's threads wait for each other.
#pragma once

namespace graft {

// Lets them sleep soon, where the environment says nothing of it. OpenMP's default is to spin for long, which on a machine that
// others use too takes most of the time; on a quiet one this costs nothing. It reads the environment as it is loaded, so the
// program starts once more.
void let_threads_sleep();

}  // namespace graft
